#include "methods/support/spf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "methods/support/published.h"
#include "methods/support/spf_terms.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostNames = 10;  // of one mx or ptr

// What ends the evaluation beside an ordinary result.
struct Stop {
  SpfResult result;
  std::string missing, why;
};

bool is_prefix(const IpAddress& network, const IpAddress& address, int bits) {
  if (network.is_v4() != address.is_v4()) return false;
  const int kept = network.is_v4() ? bits + 96 : bits;
  for (int bit = 0; bit < kept; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((network.bytes[byte] ^ address.bytes[byte]) & (0x80 >> (bit % 8))) != 0) return false;
  }
  return true;
}

// At least two labels, each of 1 to 63 bytes (section 4.3).
bool is_domain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t labels = 0;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    if (end == at || end - at > 63) return false;
    ++labels;
    at = end + 1;
  }
  return labels > 1;
}

std::string bare(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_text(name);
}

class Evaluation {
 public:
  Evaluation(const SpfAsked& asked, const SpfLookup& lookup) : lookup_(lookup) {
    macros_.client = asked.client;
    macros_.helo = asked.helo;
    const std::size_t at = asked.sender.rfind('@');
    macros_.local = at == std::string::npos || at == 0 ? "postmaster" : asked.sender.substr(0, at);
    macros_.sender_domain =
        bare(at == std::string::npos ? std::string_view(asked.sender)
                                     : std::string_view(asked.sender).substr(at + 1));
    macros_.sender = macros_.local + "@" + macros_.sender_domain;
  }

  SpfVerdict run() {
    SpfVerdict verdict;
    try_domain(macros_.sender_domain, verdict);
    return verdict;
  }

 private:
  SpfResult stop(SpfResult result, std::string why, SpfVerdict& verdict) {
    verdict.result = result;
    verdict.why = std::move(why);
    return result;
  }

  // Nothing when a limit ends it or a record is missing; `stop_` then says which.
  std::optional<std::vector<std::string>> ask(const std::string& name, std::uint16_t type,
                                              bool is_made, bool counts_void) {
    const SpfAnswer answer = lookup_(name, type, is_made);
    if (!answer.is_known) {
      stop_ = {SpfResult::temperror, fmt::format("{} of {}", qtype_text(type), name), ""};
      return std::nullopt;
    }
    if (answer.values.empty() && counts_void && ++voids_ > kMostVoidLookups) {
      stop_ = {SpfResult::permerror, "", "more than two look-ups of names that have no record"};
      return std::nullopt;
    }
    return answer.values;
  }

  bool count_lookup() {
    if (++lookups_ <= kMostSpfLookups) return true;
    stop_ = {SpfResult::permerror, "", "more than ten terms that cause look-ups"};
    return false;
  }

  SpfResult try_domain(const std::string& domain, SpfVerdict& verdict) {
    if (!is_domain(domain)) return stop(SpfResult::none, "", verdict);
    const auto texts = ask(domain, kTypeTxt, is_made_, false);
    if (!texts) return stopped(verdict);
    std::vector<std::string> records;
    std::copy_if(texts->begin(), texts->end(), std::back_inserter(records), is_spf_record);
    if (records.empty()) return stop(SpfResult::none, "", verdict);
    if (records.size() > 1) {
      return stop(SpfResult::permerror, fmt::format("several records of {}", domain), verdict);
    }
    const SpfTerms terms = parse_spf(records.front());
    if (!terms.problem.empty()) {
      return stop(SpfResult::permerror,
                  fmt::format("the record of {} cannot be read at {}", domain, terms.problem),
                  verdict);
    }
    for (const SpfTerm& term : terms.mechanisms) {
      macros_.domain = domain;
      const std::optional<bool> fits = matches(term, domain);
      if (!fits) return stopped(verdict);
      if (!*fits) continue;
      verdict.mechanism = term.text;
      const std::size_t which = std::string_view("+-~?").find(term.qualifier);
      constexpr std::array<SpfResult, 4> kResults = {SpfResult::pass, SpfResult::fail,
                                                     SpfResult::softfail, SpfResult::neutral};
      return verdict.result = kResults[which];
    }
    if (!terms.has_redirect) return verdict.result = SpfResult::neutral;
    return redirect(terms.redirect, domain, verdict);
  }

  SpfResult redirect(const std::string& spec, const std::string& domain, SpfVerdict& verdict) {
    macros_.domain = domain;
    const auto target = expand(spec);
    if (!target || !count_lookup()) return stopped(verdict);
    is_made_ |= has_macro(spec);
    if (try_domain(*target, verdict) == SpfResult::none) {
      stop(SpfResult::permerror, fmt::format("{} has no record to redirect to", *target), verdict);
    }
    return verdict.result;
  }

  SpfResult stopped(SpfVerdict& verdict) {
    verdict.result = stop_.result;
    verdict.missing = stop_.missing;
    verdict.why = stop_.why;
    return verdict.result;
  }

  std::optional<std::string> expand(const std::string& spec) {
    macros_.validated_name = [this] { return validated_name(); };
    auto name = expand_spf(spec, macros_);
    if (!name) stop_ = {SpfResult::permerror, "", fmt::format("'{}' expands to no name", spec)};
    return name;
  }

  std::optional<bool> matches(const SpfTerm& term, const std::string& domain) {
    if (term.name == "all") return true;
    if (term.name == "ip4" || term.name == "ip6") {
      const bool is_v4 = term.name == "ip4";
      return macros_.client.is_v4() == is_v4 &&
             is_prefix(term.network, macros_.client, is_v4 ? term.bits4 : term.bits6);
    }
    if (!count_lookup()) return std::nullopt;
    const auto target = term.domain.empty() ? std::optional(domain) : expand(term.domain);
    if (!target) return std::nullopt;
    const bool was_made = is_made_;
    is_made_ |= has_macro(term.domain);
    const std::optional<bool> fits = matches_names(term, *target);
    is_made_ = was_made;
    return fits;
  }

  std::optional<bool> matches_names(const SpfTerm& term, const std::string& target) {
    if (term.name == "include") return includes(target);
    if (term.name == "ptr") return has_pointer(target);
    if (!is_domain(target)) return false;
    if (term.name == "exists") {
      const auto found = ask(target, kTypeA, is_made_, true);
      return found ? std::optional(!found->empty()) : std::nullopt;
    }
    if (term.name == "a") return has_address(target, term, true);
    const auto exchangers = ask(target, kTypeMx, is_made_, true);
    if (!exchangers) return std::nullopt;
    if (exchangers->size() > kMostNames) {
      stop_ = {SpfResult::permerror, "", "more than ten mail exchangers"};
      return std::nullopt;
    }
    for (const std::string& exchanger : *exchangers) {
      const std::size_t blank = exchanger.rfind(' ');
      const std::string host = bare(std::string_view(exchanger).substr(blank + 1));
      const auto fits = host.empty() ? std::optional(false) : has_address(host, term, false);
      if (!fits || *fits) return fits;
    }
    return false;
  }

  std::optional<bool> has_address(const std::string& name, const SpfTerm& term, bool counts_void) {
    const bool is_v4 = macros_.client.is_v4();
    const auto found = ask(name, is_v4 ? kTypeA : kTypeAaaa, is_made_, counts_void);
    if (!found) return std::nullopt;
    return std::any_of(found->begin(), found->end(), [&](const std::string& text) {
      const auto address = IpAddress::parse(text);
      return address && is_prefix(*address, macros_.client, is_v4 ? term.bits4 : term.bits6);
    });
  }

  std::optional<bool> includes(const std::string& target) {
    SpfVerdict inner;
    const std::string before = macros_.domain;
    switch (try_domain(target, inner)) {
      case SpfResult::pass:
        macros_.domain = before;
        return true;
      case SpfResult::fail:
      case SpfResult::softfail:
      case SpfResult::neutral:
        macros_.domain = before;
        return false;
      case SpfResult::temperror:
        stop_ = {SpfResult::temperror, inner.missing, inner.why};
        return std::nullopt;
      case SpfResult::none:
        stop_ = {SpfResult::permerror, "", fmt::format("{} has no record to include", target)};
        return std::nullopt;
      case SpfResult::permerror:
        stop_ = {SpfResult::permerror, "", inner.why};
        return std::nullopt;
    }
    return std::nullopt;
  }

  // Names that the holder of the address wrote and that lead back to it (section 5.5).
  std::optional<std::vector<std::string>> validated_names() {
    const auto names = ask(pointer_name(macros_.client), kTypePtr, true, true);
    if (!names) return std::nullopt;
    std::vector<std::string> validated;
    for (std::size_t i = 0; i < std::min(names->size(), kMostNames); ++i) {
      const std::string name = bare((*names)[i]);
      SpfTerm whole;
      const auto leads_back = has_address(name, whole, false);
      if (!leads_back) return std::nullopt;
      if (*leads_back) validated.push_back(name);
    }
    return validated;
  }

  std::optional<bool> has_pointer(const std::string& target) {
    const auto names = validated_names();
    if (!names) return std::nullopt;
    return std::any_of(names->begin(), names->end(), [&](const std::string& name) {
      return name == target || name.ends_with("." + target);
    });
  }

  std::string validated_name() {
    const auto names = validated_names();
    if (!names || names->empty()) return "unknown";
    for (const std::string& name : *names) {
      if (name == macros_.domain) return name;
    }
    for (const std::string& name : *names) {
      if (name.ends_with("." + macros_.domain)) return name;
    }
    return names->front();
  }

  const SpfLookup& lookup_;
  SpfMacros macros_;
  Stop stop_{SpfResult::none, "", ""};
  int lookups_ = 0, voids_ = 0;
  bool is_made_ = false;  // the name asked for is made by a macro
};

}  // namespace

std::string_view word_of(SpfResult result) {
  constexpr std::array<std::string_view, 7> kWords = {"none",     "neutral",   "pass",     "fail",
                                                      "softfail", "temperror", "permerror"};
  return kWords[static_cast<std::size_t>(result)];
}

SpfVerdict check_spf(const SpfAsked& asked, const SpfLookup& lookup) {
  return Evaluation(asked, lookup).run();
}

}  // namespace assay::methods
