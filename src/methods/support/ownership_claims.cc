#include "methods/support/ownership_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/said_date.h"
#include "methods/registry.h"
#include "methods/support/measure.h"

namespace assay::methods {
namespace {

constexpr std::size_t kMostTold = 12;

enum class Fit { same, near, other, hidden };

// Neither a longer name nor a shorter one is another's for sure ("Sender", "Sender Holding").
Fit fit_of(const Assertion& one, const std::vector<std::string>& holders) {
  if (one.is_hidden || one.is_opaque) return Fit::hidden;
  Fit best = Fit::other;
  for (const std::string& text : holders) {
    const std::string key = holder_key(text);
    if (key == one.key) return Fit::same;
    if (one.is_person) continue;
    const std::string a = " " + key + " ", b = " " + one.key + " ";
    if (!key.empty() && (a.find(b) != std::string::npos || b.find(a) != std::string::npos)) {
      best = Fit::near;
    }
  }
  // A person may well stand for the holder that is claimed.
  return one.is_person ? Fit::hidden : best;
}

bool is_about(const Assertion& one, const std::string& name,
              const std::optional<IpAddress>& address) {
  if (one.role == Role::ptr) {
    const auto about = IpAddress::parse(one.about);
    return address && about && *about == *address;
  }
  if (one.role == Role::address_holder || one.role == Role::origin) {
    const auto prefix = IpPrefix::parse(one.about);
    return address && prefix.ok() && prefix->contains(*address);
  }
  return !name.empty() && labels_of(one.about).size() >= 2 && is_within(name, one.about);
}

// What one source says at the date: of several of its values the nearest.
struct Said {
  std::vector<const Assertion*> at;   // fetched at the date; two values: it changed within it
  const Assertion* before = nullptr;  // last before it
  const Assertion* after = nullptr;   // first behind it
  const Assertion* undated = nullptr;
};

std::map<std::string, Said> by_source(const std::vector<const Assertion*>& assertions,
                                      const std::optional<Interval>& date) {
  std::map<std::string, Said> said;
  for (const Assertion* one : assertions) {
    Said& source = said[one->source];
    if (one->when.empty()) {
      source.undated = one;
    } else if (!date || !intersect(one->when, *date).empty()) {
      source.at.push_back(one);
    } else if (one->when.end_us <= date->begin_us) {
      if (!source.before || source.before->when.end_us < one->when.end_us) source.before = one;
    } else if (!source.after || source.after->when.begin_us > one->when.begin_us) {
      source.after = one;
    }
  }
  return said;
}

struct Counts {
  double same = 0, near = 0, other = 0, hidden = 0;
  double same_of_registry = 0;  // from an evidence whose vantage is stated to be the registry's
  double elsewhere = 0;         // sources that speak only of other times
  double undated = 0;
};

void count(const MethodContext& context, const Said& said, const std::vector<std::string>& holders,
           bool has_date, Counts& counts) {
  std::vector<const Assertion*> at = said.at;
  // The same before and after: no other holder was seen between.
  const bool is_between = said.before && said.after && said.before->key == said.after->key;
  if (at.empty() && is_between) at.push_back(said.before);
  if (at.empty() && !has_date && said.undated) at.push_back(said.undated);
  if (at.empty()) {
    counts.undated += said.undated != nullptr;
    counts.elsewhere += said.before != nullptr || said.after != nullptr;
    return;
  }
  std::set<Fit> fits;
  for (const Assertion* one : at) {
    const Fit fit = fit_of(*one, holders);
    const Evidence* evidence = evidence_numbered(context, one->evidence);
    if (!fits.insert(fit).second) continue;
    counts.same_of_registry +=
        fit == Fit::same && evidence && evidence->vantage == Vantage::registry;
  }
  counts.same += fits.contains(Fit::same);
  counts.near += fits.contains(Fit::near);
  counts.other += fits.contains(Fit::other);
  counts.hidden += fits.contains(Fit::hidden);
}

std::string told_text(const std::vector<const Assertion*>& assertions) {
  std::vector<std::string> told;
  std::set<std::string> seen;
  for (const Assertion* one : assertions) {
    const std::string text =
        fmt::format("{} of {}: '{}'{} ({}, {})", words_of(one->role), one->about, one->value,
                    one->is_hidden ? ", which hides it" : "", one->source,
                    one->when.empty() ? "no date" : format_utc(one->when.begin_us).substr(0, 10));
    if (told.size() < kMostTold && seen.insert(text).second) told.push_back(text);
  }
  return told.empty() ? "no source speaks of it" : fmt::format("{}", fmt::join(told, "; "));
}

// Whom or what the claim is of.
struct Thing {
  std::string name;  // canonical; "" = an address
  std::optional<IpAddress> address;
  std::string label;
};

Thing thing_of(const Claim& claim) {
  Thing thing;
  const std::string name = field_of(claim, "name");
  if (!name.empty() && canonicalise_name(name, thing.name)) thing.name.clear();
  thing.address = IpAddress::parse(field_of(claim, "address"));
  thing.label = name.empty() ? field_of(claim, "address") : name;
  if (thing.label.empty()) thing.label = "claim";
  return thing;
}

// For control every role counts, with those of the addresses that the name had.
std::vector<const Assertion*> every_role_of(const MethodContext& context,
                                            const std::vector<Assertion>& all, const Thing& thing,
                                            bool with_addresses) {
  std::vector<const Assertion*> found;
  for (const Assertion& one : all) {
    bool is_ours = is_about(one, thing.name, thing.address);
    for (const NameAddress& each : context.others->addresses) {
      if (with_addresses && !thing.name.empty() && each.name == thing.name) {
        is_ours |= is_about(one, "", each.address);
      }
    }
    if (is_ours) found.push_back(&one);
  }
  return found;
}

// Registrants of a name, holders of an address; of zones and networks within each other the
// nearest one speaks.
std::vector<const Assertion*> asked_role_of(const std::vector<const Assertion*>& every_role,
                                            const Thing& thing) {
  const Role asked = thing.name.empty() ? Role::address_holder : Role::registrant;
  const auto nearness = [](const Assertion& one) {
    const auto prefix = IpPrefix::parse(one.about);
    return prefix.ok() && one.role == Role::address_holder
               ? static_cast<std::size_t>(prefix->length())
               : one.about.size();
  };
  std::vector<const Assertion*> found;
  std::size_t nearest = 0;
  for (const Assertion* one : every_role) {
    if (one->role != asked) continue;
    found.push_back(one);
    nearest = std::max(nearest, nearness(*one));
  }
  std::erase_if(found, [&](const Assertion* one) { return nearness(*one) < nearest; });
  return found;
}

void add_roles(const MethodContext& context, const std::vector<const Assertion*>& every_role,
               const std::vector<std::string>& holders, const Thing& thing, Finding& finding) {
  std::set<Role> roles, roles_of_holder;
  std::set<std::uint32_t> rows;
  for (const Assertion* one : every_role) {
    roles.insert(one->role);
    if (fit_of(*one, holders) == Fit::same) roles_of_holder.insert(one->role);
    rows.insert(one->rows.begin(), one->rows.end());
  }
  finding.selection = seal_others(context, {rows.begin(), rows.end()},
                                  fmt::format("registrations that speak of {}", thing.label));
  add(finding, "roles_told", static_cast<double>(roles.size()));
  add(finding, "roles_of_the_holder", static_cast<double>(roles_of_holder.size()));
}

Finding measure(const MethodContext& context, const std::vector<Assertion>& all,
                const Claim& claim) {
  const bool is_control = claim.kind == "controlled_by";
  const Thing thing = thing_of(claim);
  const auto date = parse_said_date(field_of(claim, "date"));
  const std::vector<std::string> holders = list_of(claim, "holder");
  Finding finding = make_other_finding(registrations_method(), context, thing.label, claim.id);
  const auto every_role = every_role_of(context, all, thing, is_control);
  const auto asked_role = asked_role_of(every_role, thing);
  Counts counts;
  for (const auto& [source, said] : by_source(asked_role, date)) {
    count(context, said, holders, date.has_value(), counts);
  }
  finding.dedup_rule = "each source counts once, with its value nearest to the date";
  finding.denominator =
      fmt::format("of {} about it", plural(static_cast<double>(every_role.size()), "assertion"));
  add_roles(context, every_role, holders, thing, finding);
  add(finding, "sources_same", counts.same, "sources");
  add(finding, "sources_same_registry", counts.same_of_registry, "sources");
  add(finding, "sources_near", counts.near, "sources");
  add(finding, "sources_other", counts.other, "sources");
  add(finding, "sources_hidden", counts.hidden, "sources");
  add(finding, "sources_of_other_times", counts.elsewhere, "sources");
  add(finding, "sources_undated", counts.undated, "sources");
  finding.parameters["holder"] = fmt::format("{}", fmt::join(holders, ", "));
  finding.parameters["date"] = date ? format_interval(*date) : "any";
  finding.outcome = every_role.empty() ? Outcome::not_applicable : Outcome::measured;
  finding.statement = fmt::format("Of {}{}: {}.", thing.label,
                                  date ? fmt::format(" at {}", field_of(claim, "date")) : "",
                                  told_text(is_control ? every_role : asked_role));
  finding.limitations.emplace_back(
      "Names are held to be the same when they agree without case, punctuation and legal form; who "
      "stands behind one name or two, these records do not tell.");
  finding.limitations.emplace_back(
      "A registration is what somebody told a registrar. It shows neither who uses a host nor who "
      "can change what a name leads to.");
  return finding;
}

}  // namespace

std::vector<Finding> ownership_claim_findings(const MethodContext& context,
                                              const std::vector<Assertion>& all) {
  std::vector<Finding> findings;
  if (context.others == nullptr) return findings;
  for (const char* kind : {"registered_to", "controlled_by"}) {
    for (const Claim* claim : claims_of(context, kind)) {
      findings.push_back(measure(context, all, *claim));
    }
  }
  return findings;
}

}  // namespace assay::methods
