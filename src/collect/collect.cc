// From plan to bundle: lists, reads one item after another, writes down each step.
#include "assay/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/instant.h"
#include "collect/bundle_writer.h"
#include "collect/plan.h"
#include "collect/signature.h"
#include "collect/source.h"

namespace assay {
namespace collecting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostPlan = std::uint64_t{1} << 20;

Json item_json(const Item& item) {
  Json json = {{"what", item.what}, {"size", item.size}};
  put_bytes(json, "path", item.path);
  if (!item.reached_by.empty()) put_bytes(json, "reached_by", item.reached_by);
  if (item.is_command()) json["choices"] = item.choices;
  return json;
}

Item item_from(const Json& json) {
  Item item;
  item.what = json.value("what", "");
  item.size = json.value("size", std::uint64_t{0});
  item.path = bytes_of(json, "path");
  item.reached_by = bytes_of(json, "reached_by");
  item.choices = json.value("choices", item.choices);
  return item;
}

// "data/000012-query.log": a number that is unique, and what a person may know it by.
std::string member_name(std::size_t number, const Item& item,
                        const std::vector<std::string>& argv) {
  std::string base = item.is_command() ? argv[0] : item.path;
  base = base.substr(base.rfind('/') + 1);
  for (char& c : base) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
    if (!is_plain) c = '_';
  }
  constexpr std::size_t kMostBase = 64;
  if (base.size() > kMostBase) base.erase(0, base.size() - kMostBase);
  return fmt::format("data/{:06}-{}", number, base);
}

class Collection final : public Sink {
 public:
  Collection(const CollectRequest& request, const CollectSurroundings& surroundings)
      : request_(request), surroundings_(surroundings), writer_(request.output) {}

  Result<CollectOutcome> run();

  Status begin(const Task& task, const std::optional<FileFacts>& facts,
               const std::vector<std::string>& argv, bool continues) override;
  Status bytes(std::string_view bytes) override {
    taken_bytes_ += bytes.size();
    return writer_.append(bytes);
  }
  Status end(const Ending& ending) override;
  Status refuse(const Task& task, std::string_view code, std::string why) override;
  std::uint64_t room_for(const Item& item) const override {
    const std::uint64_t total = plan_.limits.total_bytes;
    const std::uint64_t left = total - std::min(total, taken_bytes_);
    return item.is_command() ? left : std::min(left, plan_.limits.file_bytes);
  }

 private:
  std::int64_t now() const { return surroundings_.now_us(); }
  Status prepare();
  Status begin_anew();
  Status take_up();
  Status replay(const std::vector<Json>& lines);
  Status replay_line(const Json& line);
  Status list();
  Status sample_clock();
  Status keep_sample(ClockSample sample);
  Status take_all();
  Status take_rest();
  Status note_cut(const std::string& why);
  Status again(const Item& item);
  Status seal(CollectOutcome& outcome);
  Result<CollectOutcome> show();
  void tell(CollectOutcome& outcome) const;

  const CollectRequest& request_;
  const CollectSurroundings& surroundings_;
  BundleWriter writer_;
  Plan plan_;
  std::optional<SigningKey> key_;
  std::unique_ptr<Source> source_;
  Manifest manifest_;
  std::vector<Item> items_;
  std::vector<bool> is_done_, was_taken_again_;
  bool is_listed_ = false;
  std::uint64_t taken_bytes_ = 0;
  // Of the item that is being read.
  std::size_t current_ = 0;
  Member member_;
  bool is_within_ = false;
  // Left by the attempt before.
  std::size_t unfinished_ = SIZE_MAX;
  std::uint64_t unfinished_bytes_ = 0;
  std::string unfinished_sha256_;
};

Status Collection::prepare() {
  auto text = read_small_file(request_.plan_path, kMostPlan);
  if (!text.ok()) return text.error();
  auto plan = parse_plan(*text, request_.plan_path);
  if (!plan.ok()) return plan.error();
  plan_ = std::move(*plan);
  for (const PlannedCommand& command : plan_.commands) {
    if (!command.is_spelled_out || request_.allow_commands) continue;
    return Error{ErrorCode::usage,
                 fmt::format("the plan spells out a command of its own: {}",
                             readable(fmt::format("{}", fmt::join(command.choices[0], " ")))),
                 "read what it does, then add --allow-commands"};
  }
  if (!request_.key_path.empty()) {
    auto key = SigningKey::load(request_.key_path);
    if (!key.ok()) return key.error();
    key_ = std::move(*key);
  }
  manifest_.title = plan_.title;
  manifest_.authority = plan_.authority;
  manifest_.collector = plan_.collector.empty() ? surroundings_.actor : plan_.collector;
  manifest_.engine_version = surroundings_.engine_version;
  manifest_.plan_sha256 = sha256_hex(plan_.text);
  manifest_.destination = request_.host;
  manifest_.stated = plan_.clock;
  manifest_.started_us = now();
  if (request_.host.empty()) {
    source_ = this_machine(surroundings_,
                           {request_.output, writer_.partial_path(), writer_.journal_path()});
    return {};
  }
  manifest_.script_sha256 = sha256_hex(collect_script());
  auto source = over_ssh(surroundings_, request_.host, request_.ssh_command);
  if (!source.ok()) return source.error();
  source_ = std::move(*source);
  return {};
}

Result<CollectOutcome> Collection::show() {
  auto listing = source_->list(plan_);
  if (!listing.ok()) return listing.error();
  CollectOutcome outcome;
  for (const Item& item : listing->items) outcome.items.push_back({item.title(), item.size, {}});
  outcome.not_collected = std::move(listing->problems);
  return outcome;
}

Status Collection::begin_anew() {
  ASSAY_TRY(writer_.create());
  ASSAY_TRY(writer_.note({{"journal", kBundleFormat},
                          {"plan_sha256", manifest_.plan_sha256},
                          {"destination", manifest_.destination},
                          {"started_us", manifest_.started_us}}));
  return writer_.add_small(kReadmeName, bundle_readme(), manifest_.started_us / kMicrosPerSecond);
}

Status Collection::take_up() {
  auto lines = writer_.reopen();
  if (!lines.ok()) return lines.error();
  if (lines->empty()) {
    // Killed before its first line: nothing was collected.
    ASSAY_TRY(writer_.cut_at(0));
    ASSAY_TRY(writer_.note({{"journal", kBundleFormat},
                            {"plan_sha256", manifest_.plan_sha256},
                            {"destination", manifest_.destination},
                            {"started_us", manifest_.started_us}}));
  } else {
    try {
      ASSAY_TRY(replay(*lines));
    } catch (const std::exception& problem) {
      return Error{ErrorCode::malformed,
                   fmt::format("{} is not a journal that assay wrote ({})",
                               readable(writer_.journal_path()), problem.what()),
                   "delete it and the .partial, and begin anew"};
    }
  }
  if (!is_listed_) {
    ASSAY_TRY(writer_.cut_at(0));
    items_.clear(), is_done_.clear(), was_taken_again_.clear();
    manifest_.not_collected.clear();
    ASSAY_TRY(
        writer_.add_small(kReadmeName, bundle_readme(), manifest_.started_us / kMicrosPerSecond));
  }
  manifest_.interruptions.push_back(
      {now(), unfinished_ == SIZE_MAX ? "it had stopped between two items"
                                      : "it had stopped within " + items_[unfinished_].title()});
  return writer_.note({{"resumed_us", now()}, {"why", manifest_.interruptions.back().why}});
}

Status Collection::replay(const std::vector<Json>& lines) {
  const Json& head = lines.front();
  if (head.value("plan_sha256", "") != manifest_.plan_sha256) {
    return Error{ErrorCode::usage, "the plan is not the one that the collection was begun with",
                 "go on with the same plan, or begin anew under another name"};
  }
  if (head.value("destination", "") != manifest_.destination) {
    return Error{ErrorCode::usage, "the host is not the one that the collection was begun with",
                 fmt::format("it was begun with '{}'", head.value("destination", ""))};
  }
  manifest_.started_us = head.at("started_us").get<std::int64_t>();
  const auto readme = bundle_readme();
  std::uint64_t end = kTarBlock + readme.size() + tar_padding(readme.size());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const Json& line = lines[i];
    if (line.contains("done")) {
      Member member = member_from(line.at("member"));
      auto hash = writer_.hash_at(end, member.size);
      if (!hash.ok()) return hash.error();
      if (*hash != member.sha256) {
        return Error{ErrorCode::malformed,
                     fmt::format("{} no longer holds what was collected of {}",
                                 readable(writer_.partial_path()), member.title()),
                     "it was changed, or the machine stopped before the disk had it; delete it "
                     "and its .journal, and begin anew"};
      }
      end = line.at("end").get<std::uint64_t>();
    }
    ASSAY_TRY(replay_line(line));
    if (line.contains("done")) unfinished_ = SIZE_MAX;
  }
  const bool has_unfinished = unfinished_ != SIZE_MAX && writer_.bytes_behind(end) > 0;
  if (!has_unfinished) {
    unfinished_ = SIZE_MAX;
    return writer_.cut_at(end);
  }
  unfinished_bytes_ = writer_.bytes_behind(end);
  auto hash = writer_.hash_at(end, unfinished_bytes_);
  if (!hash.ok()) return hash.error();
  unfinished_sha256_ = *hash;
  // The bytes behind stay where they are until it shows whether they can be gone on from.
  return writer_.cut_at(end, unfinished_bytes_);
}

Status Collection::replay_line(const Json& line) {
  if (line.contains("host")) {
    manifest_.host = host_from(line["host"]);
  } else if (line.contains("clock")) {
    manifest_.clock.push_back(sample_from(line["clock"]));
  } else if (line.contains("item")) {
    items_.push_back(item_from(line["item"]));
    is_done_.push_back(false), was_taken_again_.push_back(false);
  } else if (line.contains("listed")) {
    is_listed_ = true;
  } else if (line.contains("begun")) {
    unfinished_ = line["begun"].get<std::size_t>();
    if (unfinished_ >= items_.size()) throw std::runtime_error("no such item");
  } else if (line.contains("done")) {
    const auto index = line["done"].get<std::size_t>();
    is_done_.at(index) = true;
    manifest_.members.push_back(member_from(line.at("member")));
    taken_bytes_ += manifest_.members.back().size;
  } else if (line.contains("refused")) {
    const auto index = line["refused"].get<std::int64_t>();
    if (index >= 0) is_done_.at(static_cast<std::size_t>(index)) = true;
    if (index >= 0) unfinished_ = SIZE_MAX;
    manifest_.not_collected.push_back(not_collected_from(line.at("not_collected")));
  } else if (line.contains("again")) {
    was_taken_again_.back() = true;
  } else if (line.contains("resumed_us")) {
    manifest_.interruptions.push_back(
        {line["resumed_us"].get<std::int64_t>(), line.value("why", "")});
  }
  return {};
}

Status Collection::sample_clock() {
  auto sample = source_->clock();
  if (!sample.ok()) return sample.error();
  return keep_sample(std::move(*sample));
}

Status Collection::keep_sample(ClockSample sample) {
  manifest_.clock.push_back(sample);
  return writer_.note({{"clock", to_json(sample)}});
}

Status Collection::list() {
  auto host = source_->look();
  if (!host.ok()) return host.error();
  manifest_.host = *host;
  ASSAY_TRY(writer_.note({{"host", to_json(*host)}}));
  auto listing = source_->list(plan_);
  if (!listing.ok()) return listing.error();
  for (const NotCollected& problem : listing->problems) {
    ASSAY_TRY(writer_.note({{"refused", -1}, {"not_collected", to_json(problem)}}));
  }
  for (const Item& item : listing->items) ASSAY_TRY(writer_.note({{"item", item_json(item)}}));
  items_ = std::move(listing->items);
  is_done_.assign(items_.size(), false);
  was_taken_again_.assign(items_.size(), false);
  manifest_.not_collected = std::move(listing->problems);
  is_listed_ = true;
  return writer_.note({{"listed", items_.size()}});
}

Status Collection::begin(const Task& task, const std::optional<FileFacts>& facts,
                         const std::vector<std::string>& argv, bool continues) {
  current_ = task.index;
  member_ = Member();
  member_.name = member_name(manifest_.members.size() + 1, task.item, argv);
  member_.what = task.item.what;
  member_.path = task.item.path;
  member_.reached_by = task.item.reached_by;
  member_.argv = argv;
  member_.begun_us = now();
  member_.before = facts;
  if (task.offset > 0) {
    member_.remarks.push_back(
        continues ? fmt::format("it was read in two parts: the collection had stopped after {} "
                                "bytes, and the file still began with them",
                                task.offset)
                  : fmt::format("the collection had stopped after {} bytes of it; it no longer "
                                "began with them and was read from its start",
                                task.offset));
  }
  if (task.index == unfinished_) unfinished_ = SIZE_MAX;
  is_within_ = true;
  if (continues) taken_bytes_ += task.offset;
  ASSAY_TRY(writer_.note({{"begun", task.index}}));
  return writer_.begin_member(continues ? task.offset : 0);
}

Status Collection::again(const Item& item) {
  if (was_taken_again_[current_]) return {};
  items_.push_back(item);
  is_done_.push_back(false), was_taken_again_.push_back(true);
  ASSAY_TRY(writer_.note({{"item", item_json(item)}}));
  return writer_.note({{"again", current_}});
}

Status Collection::end(const Ending& ending) {
  member_.ended_us = now();
  member_.after = ending.after;
  member_.host_sha256 = ending.host_sha256;
  member_.exit_code = ending.exit_code;
  member_.stderr_text = ending.stderr_text;
  if (ending.own_bytes) {
    taken_bytes_ -= writer_.member_bytes() - *ending.own_bytes;
    ASSAY_TRY(writer_.shorten_member(*ending.own_bytes));
  }
  member_.size = writer_.member_bytes();
  member_.remarks.insert(member_.remarks.end(), ending.remarks.begin(), ending.remarks.end());
  const std::int64_t mtime_s =
      member_.before ? member_.before->mtime_ns / 1'000'000'000 : member_.begun_us / 1'000'000;
  ASSAY_TRY(writer_.finish_member(member_.name, mtime_s, member_.sha256));
  const bool is_rewritten = !member_.host_sha256.empty() && member_.host_sha256 != member_.sha256;
  if (is_rewritten) member_.remarks.emplace_back(kRewrittenRemark);
  ASSAY_TRY(
      writer_.note({{"done", current_}, {"end", writer_.end()}, {"member", to_json(member_)}}));
  is_done_[current_] = true;
  is_within_ = false;
  manifest_.members.push_back(member_);
  const Item item = items_[current_];
  if (item.is_command() && ending.exit_code != 0) {
    NotCollected failed{item.what, item.title(), "command_failed",
                        fmt::format("it ended with {}; what it printed is sealed: {}",
                                    ending.exit_code, readable(ending.stderr_text))};
    ASSAY_TRY(writer_.note({{"refused", -1}, {"not_collected", to_json(failed)}}));
    manifest_.not_collected.push_back(std::move(failed));
  }
  return ending.take_again || is_rewritten ? again(item) : Status();
}

Status Collection::refuse(const Task& task, std::string_view code, std::string why) {
  if (task.index == current_ && writer_.member_bytes() > 0 && !is_done_[task.index]) {
    ASSAY_TRY(writer_.abandon_member());
  }
  NotCollected problem{task.item.what, task.item.is_command() ? task.item.title() : task.item.path,
                       std::string(code), std::move(why)};
  ASSAY_TRY(writer_.note({{"refused", task.index}, {"not_collected", to_json(problem)}}));
  is_done_[task.index] = true;
  is_within_ = false;
  manifest_.not_collected.push_back(std::move(problem));
  return {};
}

// A line that was cut is taken up again, as long as each time brings something more.
Status Collection::take_all() {
  constexpr int kMostCuts = 3;
  for (int cuts = 0; cuts <= kMostCuts;) {
    const std::size_t done_before = manifest_.members.size() + manifest_.not_collected.size();
    const std::uint64_t bytes_before =
        taken_bytes_ + (unfinished_ == SIZE_MAX ? 0 : unfinished_bytes_);
    Status taken = take_rest();
    if (taken.ok()) return {};
    if (taken.error().code != ErrorCode::io || request_.host.empty() || cuts == kMostCuts) {
      return taken;
    }
    const bool has_progress =
        manifest_.members.size() + manifest_.not_collected.size() > done_before ||
        taken_bytes_ > bytes_before;
    cuts = has_progress ? 0 : cuts + 1;
    ASSAY_TRY(note_cut(taken.error().message));
  }
  return {};
}

Status Collection::note_cut(const std::string& why) {
  if (is_within_) {
    unfinished_ = current_;
    unfinished_bytes_ = items_[current_].is_command() ? 0 : writer_.member_bytes();
    auto hash = writer_.hash_at(writer_.end(), unfinished_bytes_);
    if (!hash.ok()) return hash.error();
    unfinished_sha256_ = *hash;
    taken_bytes_ -= writer_.member_bytes();
    is_within_ = false;
  }
  manifest_.interruptions.push_back({now(), why});
  return writer_.note({{"resumed_us", now()}, {"why", why}});
}

Status Collection::take_rest() {
  while (true) {
    std::vector<Task> tasks;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (is_done_[i]) continue;
      Task task{i, items_[i], 0, ""};
      if (i == unfinished_ && !task.item.is_command()) {
        task.offset = unfinished_bytes_;
        task.prefix_sha256 = unfinished_sha256_;
        tasks.insert(tasks.begin(), std::move(task));
      } else {
        tasks.push_back(std::move(task));
      }
    }
    if (tasks.empty()) return {};
    ASSAY_TRY(source_->take(tasks, plan_, *this));
  }
}

Status Collection::seal(CollectOutcome& outcome) {
  manifest_.ended_us = now();
  const std::int64_t mtime_s = manifest_.ended_us / kMicrosPerSecond;
  std::string sums;
  for (const Member& member : manifest_.members) {
    sums += fmt::format("{}  {}\n", member.sha256, member.name);
  }
  sums += fmt::format("{}  plan.toml\n", sha256_hex(plan_.text));
  manifest_.enclosed = {{kReadmeName, sha256_hex(bundle_readme())},
                        {"plan.toml", sha256_hex(plan_.text)},
                        {"SHA256SUMS", sha256_hex(sums)}};
  if (key_) manifest_.key_fingerprint = key_->fingerprint();
  const std::string text = manifest_text(manifest_);
  ASSAY_TRY(writer_.add_small("plan.toml", plan_.text, mtime_s));
  ASSAY_TRY(writer_.add_small("SHA256SUMS", sums, mtime_s));
  ASSAY_TRY(writer_.add_small("manifest.json", text, mtime_s));
  if (key_) {
    auto signature = key_->sign(text);
    if (!signature.ok()) return signature.error();
    ASSAY_TRY(writer_.add_small("collector.pem", key_->public_pem(), mtime_s));
    ASSAY_TRY(writer_.add_small("manifest.sig", *signature, mtime_s));
  }
  outcome.manifest_sha256 = sha256_hex(text);
  return writer_.finish(outcome.sha256, outcome.size_bytes);
}

void Collection::tell(CollectOutcome& outcome) const {
  outcome.key_fingerprint = manifest_.key_fingerprint;
  for (const Member& member : manifest_.members) {
    outcome.items.push_back({member.title(), member.size, member.remarks});
  }
  outcome.not_collected = manifest_.not_collected;
  outcome.interruptions = manifest_.interruptions.size();
}

Result<CollectOutcome> Collection::run() {
  ASSAY_TRY(prepare());
  if (request_.dry_run) return show();
  // First of all: a host that cannot be reached leaves nothing to resume.
  auto sample = source_->clock();
  if (!sample.ok()) return sample.error();
  ASSAY_TRY(request_.resume ? take_up() : begin_anew());
  ASSAY_TRY(keep_sample(std::move(*sample)));
  if (!is_listed_) ASSAY_TRY(list());
  ASSAY_TRY(take_all());
  ASSAY_TRY(sample_clock());
  CollectOutcome outcome;
  ASSAY_TRY(seal(outcome));
  tell(outcome);
  return outcome;
}

}  // namespace
}  // namespace collecting

Result<CollectOutcome> collect(const CollectRequest& request,
                               const CollectSurroundings& surroundings) {
  try {
    return collecting::Collection(request, surroundings).run();
  } catch (const std::exception& problem) {
    return Error{ErrorCode::internal, fmt::format("a defect of assay: {}", problem.what()),
                 "please report it with the plan"};
  }
}

}  // namespace assay
