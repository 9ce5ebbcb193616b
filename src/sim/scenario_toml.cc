#include "sim/scenario_toml.h"

#include <date/tz.h>
#include <fmt/format.h>

#include "assay/names.h"
#include "sim/cause.h"
#include "sim/toml_fields.h"

namespace assay::sim {
namespace {

constexpr double kDay = 86'400;
constexpr double kMostDays = 3'660;
constexpr double kMostSeconds = kMostDays * kDay;
constexpr std::size_t kMostParties = 200, kMostCauses = 50, kMostAddresses = 64;
constexpr double kMostRate = 1e7;   // a day
constexpr double kMostSeed = 9e15;  // whole numbers up to this are exact in a double
constexpr double kMostStrangers = 10'000;
constexpr std::size_t kMostNeighbours = 200;

// Those of one list, which must be addresses.
Status check_addresses(const TomlFields& fields, const toml::table& table,
                       const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    if (!IpAddress::parse(address)) {
      return fields.error_at(table, fmt::format("'{}' is no address", address));
    }
  }
  return {};
}

Status read_mail(const toml::table& table, std::string_view file, bool has_strangers,
                 MailHost& mail) {
  TomlFields fields(table, file, "mail host");
  if (const auto whom = fields.word("accepts", {"everybody", "nobody", "listed"})) {
    mail.accepts = static_cast<Acceptance>(*whom);
  }
  fields.texts("listed", mail.listed);
  if (has_strangers) {
    fields.number("strangers_per_day", mail.strangers_per_day, 0, kMostStrangers);
    fields.text("host", mail.host);
  }
  ASSAY_TRY(fields.finish());
  std::string canonical;
  if (canonicalise_name(mail.host, canonical)) {
    return fields.error_at(table, fmt::format("'{}' is no name of a host", mail.host));
  }
  return check_addresses(fields, table, mail.listed);
}

Status read_target(const toml::table& table, std::string_view file, TargetName& target) {
  TomlFields fields(table, file, "target");
  fields.text("qname", target.qname);
  fields.text("address", target.address);
  fields.number("ttl_seconds", target.ttl_seconds, 0, 604'800 * 10);
  fields.number("negative_ttl_seconds", target.negative_ttl_seconds, 0, 604'800);
  fields.time("removed", target.removed_s);
  fields.table("mail",
               [&](const toml::table& each) { return read_mail(each, file, false, target.mail); });
  ASSAY_TRY(fields.finish());
  std::string canonical;
  if (canonicalise_name(target.qname, canonical) || target.qname.find('.') == std::string::npos) {
    return fields.error_at(table, fmt::format("'{}' is no name within a zone", target.qname));
  }
  return check_addresses(fields, table, {target.address});
}

Status read_hours(const toml::table& table, std::string_view file, WorkingDay& hours) {
  TomlFields fields(table, file, "working day");
  fields.text("zone", hours.zone);
  fields.number("start_hour", hours.start_hour, 0, 24);
  fields.number("length_hours", hours.length_hours, 0, 24);
  fields.number("lunch_hour", hours.lunch_hour, 0, 24);
  fields.number("lunch_share", hours.lunch_share, 0, 1);
  fields.number("appointed_share", hours.appointed_share, 0, 1);
  fields.number("appointed_every_minutes", hours.appointed_every_minutes, 1, 1'440);
  fields.number("appointed_break_minutes", hours.appointed_break_minutes, 0, 240);
  fields.number("appointed_spread_seconds", hours.appointed_spread_seconds, 0, 3'600);
  fields.number("weekend_share", hours.weekend_share, 0, 10);
  fields.number("night_share", hours.night_share, 0, 10);
  fields.texts("holidays", hours.holidays);
  ASSAY_TRY(fields.finish());
  try {
    date::locate_zone(hours.zone);
  } catch (const std::exception&) {
    return fields.error_at(table, fmt::format("there is no time zone '{}'", hours.zone),
                           "names of the tz database: Europe/Berlin, America/New_York, UTC");
  }
  return {};
}

Status read_stub(const toml::table& table, std::string_view file, Stub& stub) {
  TomlFields fields(table, file, "stub");
  fields.number("asks_both_probability", stub.asks_both_probability, 0, 1);
  fields.number("both_seconds", stub.both_seconds, 0, 60);
  fields.number("retry_probability", stub.retry_probability, 0, 1);
  fields.text("suffix", stub.suffix);
  return fields.finish();
}

Status read_cache(const toml::table& table, std::string_view file, Cache& cache) {
  TomlFields fields(table, file, "cache");
  double shards = cache.shards;
  fields.number("shards", shards, 1, 64);
  fields.number("min_ttl_seconds", cache.min_ttl_seconds, 0, kMostSeconds);
  fields.number("max_ttl_seconds", cache.max_ttl_seconds, 0, kMostSeconds);
  fields.number("max_negative_ttl_seconds", cache.max_negative_ttl_seconds, 0, kMostSeconds);
  if (const auto clock = fields.word("ttl_clock", {"exact", "early", "late"})) {
    cache.ttl_clock = static_cast<TtlClock>(*clock);
  }
  fields.number("prefetch_share", cache.prefetch_share, 0, 1);
  fields.number("prefetch_seconds", cache.prefetch_seconds, 0, 3'600);
  fields.number("prefetch_least_ttl_seconds", cache.prefetch_least_ttl_seconds, 0, kMostSeconds);
  fields.number("restarts_per_week", cache.restarts_per_week, 0, 10'000);
  fields.number("stale_seconds", cache.stale_seconds, 0, kMostSeconds);
  cache.shards = static_cast<int>(shards);
  return fields.finish();
}

Status read_iteration(const toml::table& table, std::string_view file, Iteration& iteration) {
  TomlFields fields(table, file, "iteration");
  if (const auto choice = fields.word("choice", {"uniform", "sticky", "band"})) {
    iteration.choice = static_cast<ServerChoice>(*choice);
  }
  double tries = iteration.max_tries, steady_tries = iteration.steady_tries;
  fields.number("loss_probability", iteration.loss_probability, 0, 1);
  fields.number("repeat_probability", iteration.repeat_probability, 0, 1);
  fields.number("timeout_seconds", iteration.timeout_seconds, 0.01, 60);
  fields.number("max_tries", tries, 1, 20);
  fields.number("steady_tries", steady_tries, 1, 20);
  fields.number("give_up_seconds", iteration.give_up_seconds, 0, 3'600);
  fields.number("forget_share", iteration.forget_share, 0, 1);
  fields.flag("minimises_names", iteration.minimises_names);
  iteration.steady_tries = static_cast<int>(steady_tries);
  iteration.max_tries = static_cast<int>(tries);
  return fields.finish();
}

Status read_checks(const toml::table& table, std::string_view file, SenderChecks& checks) {
  TomlFields fields(table, file, "checks");
  fields.flag("reverse", checks.reverse);
  fields.texts("blocklists", checks.blocklists);
  fields.flag("policy", checks.policy);
  fields.number("lists_kept_seconds", checks.lists_kept_seconds, 0, kMostSeconds);
  fields.flag("greeting", checks.greeting);
  fields.flag("exchanger", checks.exchanger);
  fields.flag("both_families", checks.both_families);
  fields.text("dkim_selector", checks.dkim_selector);
  fields.texts("domain_lists", checks.domain_lists);
  ASSAY_TRY(fields.finish());
  std::string canonical;
  for (const auto* lists : {&checks.blocklists, &checks.domain_lists}) {
    for (const std::string& list : *lists) {
      if (canonicalise_name(list, canonical)) {
        return fields.error_at(table, fmt::format("'{}' is no name of a block list's zone", list));
      }
    }
  }
  if (!checks.dkim_selector.empty() && canonicalise_name(checks.dkim_selector, canonical)) {
    return fields.error_at(table, fmt::format("'{}' is no selector", checks.dkim_selector));
  }
  return {};
}

Status read_queue(const toml::table& table, std::string_view file, MailQueue& queue) {
  TomlFields fields(table, file, "queue");
  fields.number("put_off_share", queue.put_off_share, 0, 1);
  fields.number("times", queue.times, 1, 1'000);
  fields.number("minimal_backoff_seconds", queue.minimal_backoff_seconds, 1, kMostSeconds);
  fields.number("maximal_backoff_seconds", queue.maximal_backoff_seconds, 1, kMostSeconds);
  fields.number("run_seconds", queue.run_seconds, 0, kMostSeconds);
  return fields.finish();
}

Status read_cause(const toml::table& table, std::string_view file, CauseSpec& cause) {
  std::vector<std::string> kinds;
  for (const CauseKind* each : all_causes()) kinds.emplace_back(each->name());
  TomlFields fields(table, file, "cause");
  const auto which = fields.word("kind", kinds);
  fields.time("begin", cause.begin_s);
  fields.time("end", cause.end_s);
  if (!which) {
    ASSAY_TRY(fields.finish());
    return fields.error_at(table, "a cause needs its kind",
                           fmt::format("one of: {}", fmt::join(kinds, ", ")));
  }
  cause.kind = kinds[*which];
  for (const Parameter& parameter : all_causes()[*which]->parameters()) {
    double value = -1;
    const double most = parameter.most > 0 ? parameter.most : 100 * parameter.high;
    fields.number(parameter.name, value, 0, std::min(kMostRate, most));
    if (value >= 0) cause.parameters[std::string(parameter.name)] = value;
  }
  return fields.finish();
}

Status read_party(const toml::table& table, std::string_view file, Party& party) {
  double seed = 0;
  TomlFields fields(table, file, "party");
  fields.text("name", party.name);
  fields.number("seed", seed, 0, kMostSeed);
  fields.texts("addresses", party.addresses);
  fields.texts("mail_addresses", party.mail_addresses);
  fields.table("hours",
               [&](const toml::table& each) { return read_hours(each, file, party.hours); });
  fields.table("stub", [&](const toml::table& each) { return read_stub(each, file, party.stub); });
  fields.table("cache",
               [&](const toml::table& each) { return read_cache(each, file, party.cache); });
  fields.table("iteration", [&](const toml::table& each) {
    return read_iteration(each, file, party.iteration);
  });
  fields.table("checks",
               [&](const toml::table& each) { return read_checks(each, file, party.checks); });
  fields.table("mail",
               [&](const toml::table& each) { return read_mail(each, file, true, party.mail); });
  fields.table("queue",
               [&](const toml::table& each) { return read_queue(each, file, party.queue); });
  fields.tables("cause", [&](const toml::table& each) {
    return read_cause(each, file, party.causes.emplace_back());
  });
  ASSAY_TRY(fields.finish());
  party.seed = static_cast<std::uint64_t>(seed);
  if (party.name.empty() || party.addresses.empty() || party.addresses.size() > kMostAddresses ||
      party.causes.size() > kMostCauses) {
    return fields.error_at(table, fmt::format("a party needs a name and 1 to {} addresses, and has "
                                              "at most {} causes",
                                              kMostAddresses, kMostCauses));
  }
  ASSAY_TRY(check_addresses(fields, table, party.addresses));
  return check_addresses(fields, table, party.mail_addresses);
}

Status read_vantage(const toml::table& table, std::string_view file, Vantage& vantage) {
  TomlFields fields(table, file, "vantage");
  fields.texts("servers", vantage.servers);
  fields.numbers("latency_ms", vantage.latency_ms);
  fields.numbers("skew_seconds", vantage.skew_seconds);
  fields.number("seen_probability", vantage.seen_probability, 0, 1);
  fields.number("resolution_seconds", vantage.resolution_seconds, 0, kDay);
  fields.flag("only_target", vantage.only_target);
  fields.flag("only_type_a", vantage.only_type_a);
  fields.texts("other_names", vantage.other_names);
  fields.number("other_rows_per_day", vantage.other_rows_per_day, 0, kMostRate);
  fields.tables("outage", [&](const toml::table& each) {
    TomlFields times(each, file, "outage");
    Outage& outage = vantage.outages.emplace_back();
    times.time("begin", outage.begin_s);
    times.time("end", outage.end_s);
    return times.finish();
  });
  ASSAY_TRY(fields.finish());
  if (vantage.servers.empty() || vantage.servers.size() > kMostAddresses) {
    return fields.error_at(table, fmt::format("1 to {} servers record", kMostAddresses));
  }
  return check_addresses(fields, table, vantage.servers);
}

// What goes into lines of text as it stands.
bool is_plain_text(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Status read_registrations(const toml::table& table, std::string_view file, Registrations& told) {
  TomlFields fields(table, file, "registrations");
  for (const auto& [key, to] : {std::pair("registrant", &told.registrant),
                                {"administrator", &told.administrator},
                                {"technical", &told.technical},
                                {"registrar", &told.registrar},
                                {"network", &told.network},
                                {"address_holder", &told.address_holder},
                                {"ptr", &told.ptr}}) {
    fields.text(key, *to);
    if (!is_plain_text(*to)) {
      return fields.error_at(table, fmt::format("{} is to be of plain characters", key));
    }
  }
  fields.texts("name_servers", told.name_servers);
  fields.texts("neighbours", told.neighbours);
  fields.time("fetched", told.fetched_s);
  ASSAY_TRY(fields.finish());
  const auto network = IpPrefix::parse(told.network);
  if (!told.address_holder.empty() && (!network.ok() || !network->base().is_v4())) {
    return fields.error_at(table, "address_holder needs the network that is held",
                           "such as network = \"203.0.113.0/24\"");
  }
  std::vector<std::string> names = told.name_servers;
  names.insert(names.end(), told.neighbours.begin(), told.neighbours.end());
  if (!told.ptr.empty()) names.push_back(told.ptr);
  std::string canonical;
  for (const std::string& name : names) {
    if (canonicalise_name(name, canonical)) {
      return fields.error_at(table, fmt::format("'{}' is no name of a host", name));
    }
  }
  if (names.size() > kMostNeighbours) {
    return fields.error_at(table, fmt::format("at most {} names of hosts", kMostNeighbours));
  }
  return {};
}

Status read_edit(const toml::table& table, std::string_view file, Edit& edit) {
  TomlFields fields(table, file, "edit");
  fields.number("deleted_share", edit.deleted_share, 0, 1);
  fields.number("invented_share", edit.invented_share, 0, 10);
  fields.number("repeated_block_rows", edit.repeated_block_rows, 0, 1e6);
  fields.number("rounded_share", edit.rounded_share, 0, 1);
  return fields.finish();
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, std::string_view file) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& problem) {
    return Error{ErrorCode::usage,
                 fmt::format("{}:{}: {}", file, problem.source().begin.line, problem.description()),
                 "it is to be TOML"};
  }
  Scenario scenario;
  double seed = 1;
  TomlFields fields(table, file, "scenario");
  fields.text("title", scenario.title);
  fields.number("seed", seed, 0, kMostSeed);
  fields.time("begin", scenario.begin_s);
  fields.time("end", scenario.end_s);
  fields.table("target",
               [&](const toml::table& each) { return read_target(each, file, scenario.target); });
  fields.tables("party", [&](const toml::table& each) {
    return read_party(each, file, scenario.parties.emplace_back());
  });
  fields.table("registrations", [&](const toml::table& each) {
    return read_registrations(each, file, scenario.registrations);
  });
  fields.table("vantage",
               [&](const toml::table& each) { return read_vantage(each, file, scenario.vantage); });
  fields.table("edit",
               [&](const toml::table& each) { return read_edit(each, file, scenario.edit); });
  ASSAY_TRY(fields.finish());
  scenario.seed = static_cast<std::uint64_t>(seed);
  const double days = (scenario.end_s - scenario.begin_s) / kDay;
  if (scenario.begin_s == 0 || !(days > 0) || days > kMostDays) {
    return fields.error_at(
        table, fmt::format("a scenario needs begin and end, up to {} days apart", kMostDays));
  }
  if (scenario.parties.empty() || scenario.parties.size() > kMostParties) {
    return fields.error_at(table, fmt::format("a scenario needs 1 to {} parties", kMostParties));
  }
  return scenario;
}

}  // namespace assay::sim
