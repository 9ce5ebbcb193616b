// assay collect
#include <fmt/format.h>

#include "assay/collect.h"
#include "command.h"
#include "text.h"

namespace assay::cli {
namespace {

struct CollectOptions {
  std::vector<std::string> words;
  std::string output, key, token, tsa_cert, ssh_command;
  bool is_unsigned = false, allow_commands = false, resume = false, dry_run = false,
       show_script = false;
};

constexpr std::size_t kMostTold = 40;  // lines of each list; JSON and the bundle have all

Json items_json(const std::vector<CollectedItem>& items) {
  Json array = Json::array();
  for (const CollectedItem& item : items) {
    array.push_back(
        {{"path", safe(item.path)}, {"size_bytes", item.size_bytes}, {"remarks", item.remarks}});
  }
  return array;
}

Json not_collected_json(const std::vector<NotCollected>& items) {
  Json array = Json::array();
  for (const NotCollected& item : items) {
    array.push_back({{"what", safe(item.what)},
                     {"path", safe(item.path)},
                     {"code", item.code},
                     {"why", safe(item.why)}});
  }
  return array;
}

std::string and_more(std::size_t all) {
  return all > kMostTold ? fmt::format("  ... and {} more\n", all - kMostTold) : "";
}

void print_lists(Session& session, const std::vector<CollectedItem>& items,
                 const std::vector<NotCollected>& not_collected) {
  std::size_t told = 0;
  for (const CollectedItem& item : items) {
    for (const std::string& remark : item.remarks) {
      if (told++ < kMostTold) {
        session.print(fmt::format("note: {}: {}\n", safe(item.path), safe(remark)));
      }
    }
  }
  session.print(and_more(told));
  if (!not_collected.empty()) {
    session.print(counted(not_collected.size(), "thing") + " not collected:\n");
  }
  for (std::size_t i = 0; i < std::min(not_collected.size(), kMostTold); ++i) {
    const NotCollected& item = not_collected[i];
    session.print(fmt::format("  {}  {}: {}\n", safe(item.path), item.code, safe(item.why)));
  }
  session.print(and_more(not_collected.size()));
}

std::uint64_t bytes_in(const std::vector<CollectedItem>& items) {
  std::uint64_t sum = 0;
  for (const CollectedItem& item : items) sum += item.size_bytes;
  return sum;
}

Error wrong_use(const std::string& what) {
  return {ErrorCode::usage, what, "assay collect --help shows examples"};
}

CollectSurroundings surroundings_of(Session& session) {
  const Surroundings all = session.surroundings();
  return {all.now_us, all.actor, all.engine_version, all.stop, all.progress};
}

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string::npos;) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

Result<int> run_collect(const CollectOptions& options, Session& session) {
  CollectRequest request;
  std::vector<std::string> words = options.words;
  if (words[0].starts_with("ssh://")) {
    request.host = words[0];
    words.erase(words.begin());
  }
  if (words.size() != 1) return wrong_use("one plan file is to be named");
  request.plan_path = words[0];
  request.output = options.output;
  request.key_path = options.key;
  request.allow_commands = options.allow_commands;
  request.resume = options.resume;
  request.dry_run = options.dry_run;
  request.ssh_command = split_words(options.ssh_command);
  if (!options.dry_run) {
    if (options.output.empty()) return wrong_use("-o BUNDLE says where the bundle is to lie");
    if (options.key.empty() && !options.is_unsigned) {
      return Error{ErrorCode::usage, "a bundle is signed with the collector's key",
                   "--key KEY.pem (make one: assay collect keygen KEY.pem), or --unsigned"};
    }
  }
  auto outcome = collect(request, surroundings_of(session));
  if (!outcome.ok()) return outcome.error();
  if (session.wants_json) {
    Json document = {{"bundle", options.output},
                     {"sha256", outcome->sha256},
                     {"manifest_sha256", outcome->manifest_sha256},
                     {"key", outcome->key_fingerprint},
                     {"size_bytes", outcome->size_bytes},
                     {"interruptions", outcome->interruptions},
                     {"dry_run", options.dry_run}};
    document["items"] = items_json(outcome->items);
    document["not_collected"] = not_collected_json(outcome->not_collected);
    session.print_json(std::move(document));
    return kDone;
  }
  if (options.dry_run) {
    for (const CollectedItem& item : outcome->items) {
      session.print(fmt::format("would take  {}  {}\n", safe(item.path),
                                item.size_bytes == 0 ? "" : bytes_text(item.size_bytes)));
    }
  }
  print_lists(session, outcome->items, outcome->not_collected);
  if (options.dry_run) return kDone;
  session.print(fmt::format(
      "{} of {} {} sealed in {}\nSHA-256 {}\n{}\n", counted(outcome->items.size(), "item"),
      bytes_text(bytes_in(outcome->items)), outcome->items.size() == 1 ? "is" : "are",
      options.output, outcome->sha256,
      outcome->key_fingerprint.empty() ? "not signed: write the SHA-256 down in the record of the "
                                         "collection, now"
                                       : "signed with key " + outcome->key_fingerprint));
  session.suggest(fmt::format("assay collect verify {} --key KEY.pub", options.output));
  return kDone;
}

Json report_json(const std::string& path, const BundleReport& report, const BundleTrust& trust) {
  Json problems = Json::array();
  for (const BundleProblem& problem : report.problems) {
    problems.push_back(
        {{"code", problem.code}, {"where", safe(problem.where)}, {"what", safe(problem.what)}});
  }
  Json document = {{"bundle", path},
                   {"holds", report.problems.empty()},
                   {"sha256", report.sha256},
                   {"manifest_sha256", report.manifest_sha256},
                   {"size_bytes", report.size_bytes},
                   {"signed_with", report.key_fingerprint},
                   {"key_was_given", !trust.key_path.empty()},
                   {"key_is_the_given_one", report.is_key_trusted},
                   {"stamped_at", report.stamped_at},
                   {"stamped_by", report.stamped_by},
                   {"problems", problems}};
  document["items"] = items_json(report.items);
  document["not_collected"] = not_collected_json(report.not_collected);
  document["manifest"] = Json::parse(report.manifest, nullptr, false);
  if (document["manifest"].is_discarded()) document["manifest"] = nullptr;
  return document;
}

std::string signature_words(const BundleReport& report) {
  if (report.key_fingerprint.empty()) return "not signed\n";
  if (report.is_key_trusted) {
    return fmt::format("signed with the key that you gave, {}\n", report.key_fingerprint);
  }
  return fmt::format(
      "signed with key {}, which came with the bundle: --key KEY.pub checks it "
      "against the collector's\n",
      report.key_fingerprint);
}

Result<int> run_verify(const std::string& path, const CollectOptions& options, Session& session) {
  const BundleTrust trust{options.key, options.token, options.tsa_cert};
  auto report = check_bundle(path, trust, &stop_flag());
  if (!report.ok()) return report.error();
  const bool holds = report->problems.empty();
  if (session.wants_json) {
    session.print_json(report_json(path, *report, trust));
    return holds ? kDone : kCheckFailed;
  }
  for (const BundleProblem& problem : report->problems) {
    session.print(
        fmt::format("{}: {}: {}\n", problem.code, safe(problem.where), safe(problem.what)));
  }
  if (holds) print_lists(session, report->items, report->not_collected);
  session.print(fmt::format(
      "{}: {} of {}\nSHA-256 {}\n{}",
      holds ? "the bundle holds"
            : "THE BUNDLE DOES NOT HOLD, " + counted(report->problems.size(), "problem"),
      counted(report->items.size(), "item"), bytes_text(bytes_in(report->items)), report->sha256,
      signature_words(*report)));
  if (!report->stamped_at.empty()) {
    session.print(fmt::format(
        "time stamp of {} by {}\n", report->stamped_at,
        report->stamped_by.empty() ? "a signer without a name" : safe(report->stamped_by)));
  }
  return holds ? kDone : kCheckFailed;
}

Result<int> run_other(const CollectOptions& options, Session& session) {
  const std::string& verb = options.words[0];
  if (options.words.size() != 2) return wrong_use(fmt::format("collect {} takes one file", verb));
  const std::string& path = options.words[1];
  if (verb == "verify") return run_verify(path, options, session);
  const std::string written = verb == "keygen" ? path : options.output;
  if (written.empty()) return wrong_use("-o BUNDLE.tsq says where the request is to lie");
  if (verb == "keygen") {
    ASSAY_TRY(make_collector_key(path));
  } else {
    ASSAY_TRY(write_time_stamp_request(path, written));
  }
  if (session.wants_json) session.print_json({{"written", written}});
  session.say(verb == "keygen"
                  ? fmt::format("{} is the private key, {}.pub the public one", written, written)
                  : fmt::format("{} is to be sent to a time-stamp authority; its answer is checked "
                                "with --token and --tsa-cert",
                                written));
  return kDone;
}

}  // namespace

Job declare_collect(CLI::App& app) {
  auto options = std::make_shared<CollectOptions>();
  app.add_option("WHAT", options->words,
                 "PLAN, or ssh://HOST PLAN; or verify BUNDLE, stamp BUNDLE, keygen KEY");
  app.add_option("-o,--output", options->output, "the bundle, or the time-stamp request");
  app.add_option("--key", options->key,
                 "Ed25519 key in PEM: the private one to sign, the public one to verify");
  app.add_flag("--unsigned", options->is_unsigned, "make a bundle without a signature");
  app.add_flag("--resume", options->resume, "go on with an interrupted collection");
  app.add_flag("--dry-run", options->dry_run, "list what would be read; write nothing");
  app.add_flag("--allow-commands", options->allow_commands,
               "also run the commands that the plan spells out");
  app.add_flag("--show-script", options->show_script,
               "print the script that runs on a host over ssh");
  app.add_option("--ssh-command", options->ssh_command,
                 "what is called in place of ssh: 'ssh -i KEY -o BatchMode=yes'");
  app.add_option("--token", options->token, "time-stamp token or response to check (RFC 3161)");
  app.add_option("--tsa-cert", options->tsa_cert,
                 "certificate of the time-stamp authority, or of its issuer, in PEM");
  return [options](Session& session) -> Result<int> {
    if (options->show_script) {
      session.print(collect_script());
      return kDone;
    }
    if (options->words.empty()) return wrong_use("a plan is to be named");
    const std::string& first = options->words[0];
    const bool is_other = first == "verify" || first == "stamp" || first == "keygen";
    return is_other ? run_other(*options, session) : run_collect(*options, session);
  };
}

}  // namespace assay::cli
