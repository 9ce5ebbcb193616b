// Case: commands that edit case.toml. The result is parsed before it replaces what is there, so a
// command never leaves a case.toml that assay cannot read.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "engine/case_file_edit.h"
#include "engine/case_impl.h"
#include "engine/files.h"

namespace assay {
namespace {

struct CaseText {
  std::string text;
  CaseFile file;
};

Result<CaseText> load(const Case::Impl& inside) {
  auto text = read_regular_file(inside.path_in("case.toml"));
  if (!text.ok()) return text.error();
  auto file = parse_case_file(*text, inside.path_in("case.toml"));
  if (!file.ok()) return file.error();
  return CaseText{std::move(*text), std::move(*file)};
}

}  // namespace

Status Case::Impl::edit_case_file(const std::string& new_text) {
  const std::string path = path_in("case.toml");
  if (auto file = parse_case_file(new_text, path); !file.ok()) {
    Error error = file.error();
    error.code = ErrorCode::usage;
    // What is there was parsed before: it is the command's words that do not fit, and the line that
    // they would have had is none that a person can look at.
    if (error.message.starts_with(path + ":")) {
      const std::size_t end = error.message.find(": ", path.size());
      if (end != std::string::npos) error.message.erase(0, end + 2);
    }
    return error;
  }
  ASSAY_TRY(lock());
  ASSAY_TRY(replace_file(path, new_text));
  const nlohmann::ordered_json payload = {{"sha256", sha256_hex(new_text)}};
  return seal("case_file", payload.dump());
}

Status Case::add_party(const Party& party) {
  auto loaded = load(*impl_);
  if (!loaded.ok()) return loaded.error();
  const Party* known = loaded->file.find_party(party.name);
  if (known == nullptr) {
    return impl_->edit_case_file(append_table(loaded->text, party_table(party)));
  }
  if ((!party.zone.empty() && party.zone != known->zone) ||
      (!party.source.empty() && party.source != known->source) ||
      (party.holds && party.holds != known->holds)) {
    return Error{ErrorCode::usage,
                 fmt::format("zone, source or time of '{}' are stated already in case.toml:{}",
                             party.name, known->line),
                 "change them there by hand; addresses and names can be added by this command"};
  }
  std::vector<std::string> addresses, names;
  for (const IpPrefix& prefix : party.addresses) {
    const std::string word = prefix.to_string();
    const bool is_there =
        std::any_of(known->addresses.begin(), known->addresses.end(),
                    [&](const IpPrefix& other) { return other.to_string() == word; });
    if (!is_there) addresses.push_back(word);
  }
  for (const NamePattern& name : party.names) {
    const std::string word = name.to_string();
    const bool is_there =
        std::any_of(known->names.begin(), known->names.end(),
                    [&](const NamePattern& other) { return other.to_string() == word; });
    if (!is_there) names.push_back(word);
  }
  const auto new_of = [](const std::vector<std::string>& stated,
                         const std::vector<std::string>& all) {
    std::vector<std::string> added;
    for (const std::string& each : stated) {
      if (std::find(all.begin(), all.end(), each) == all.end()) added.push_back(each);
    }
    return added;
  };
  const std::pair<const char*, std::vector<std::string>> kTexts[] = {
      {"suffixes", new_of(party.suffixes, known->suffixes)},
      {"accounts", new_of(party.accounts, known->accounts)},
      {"mail_hosts", new_of(party.mail_hosts, known->mail_hosts)},
      {"edges", new_of(party.edges, known->edges)}};
  const bool has_texts = std::any_of(std::begin(kTexts), std::end(kTexts),
                                     [](const auto& each) { return !each.second.empty(); });
  if (addresses.empty() && names.empty() && !has_texts) return {};
  auto text = add_to_party(loaded->text, party.name, "addresses", addresses);
  if (text.ok()) text = add_to_party(*text, party.name, "names", names);
  for (const auto& [word, added] : kTexts) {
    if (text.ok()) text = add_to_party(*text, party.name, word, added);
  }
  if (!text.ok()) return text.error();
  return impl_->edit_case_file(*text);
}

Status Case::remove_party(std::string_view name) {
  auto loaded = load(*impl_);
  if (!loaded.ok()) return loaded.error();
  if (loaded->file.find_party(name) == nullptr) {
    std::vector<std::string> known;
    for (const Party& party : loaded->file.parties) known.push_back(party.name);
    const auto nearest = nearest_word(name, known);
    return Error{ErrorCode::usage, fmt::format("there is no party '{}'", name),
                 nearest ? fmt::format("did you mean '{}'?", *nearest) : ""};
  }
  for (const Question& question : loaded->file.questions) {
    const auto& names = question.between;
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    return Error{ErrorCode::usage,
                 fmt::format("the question {} (case.toml:{}) asks about '{}'", question.id,
                             question.line, name),
                 "take the question out of case.toml first"};
  }
  auto text = remove_party_table(loaded->text, name);
  if (!text.ok()) return text.error();
  return impl_->edit_case_file(*text);
}

Status Case::ask(const Question& question) {
  auto loaded = load(*impl_);
  if (!loaded.ok()) return loaded.error();
  return impl_->edit_case_file(append_table(loaded->text, question_table(question)));
}

Status Case::add_claim(const Claim& claim) {
  auto loaded = load(*impl_);
  if (!loaded.ok()) return loaded.error();
  const std::vector<Question>& questions = loaded->file.questions;
  if (questions.size() > 1 && claim.question.empty() && claim.kind != "consistent") {
    std::vector<std::string> ids;
    for (const Question& question : questions) ids.push_back(question.id);
    return Error{ErrorCode::usage,
                 fmt::format("the case has {} questions, and the claim does not say to which it "
                             "belongs",
                             ids.size()),
                 fmt::format("say --question {}", fmt::join(ids, " or "))};
  }
  return impl_->edit_case_file(append_table(loaded->text, claim_table(claim)));
}

}  // namespace assay
