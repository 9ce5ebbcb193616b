#include <iterator>

#include "command.h"

namespace assay::cli {

namespace {

constexpr Command kCommands[] = {
    {"demo", "make the shipped case, examine it, and again when a record has come", "assay demo",
     declare_demo},
    {"init", "make a case", "assay init CASE --title 'Bank and Sender' --zone Europe/Berlin",
     declare_init},
    {"add", "seal, hash, recognise and read files; resumable",
     "assay add CASE query.log --vantage authoritative --zone UTC\n"
     "assay add CASE logs/ --covers 2016-05-04/2016-09-23 --complete --from 'J. Doe'\n"
     "zcat old.log.gz | assay add CASE -",
     declare_add},
    {"collect", "seal what a plan names on a host in one signed bundle; resumable",
     "assay collect PLAN -o BUNDLE --key KEY.pem\n"
     "assay collect ssh://root@ns1.bank.example PLAN -o BUNDLE --key KEY.pem\n"
     "assay collect verify BUNDLE --key KEY.pem.pub",
     declare_collect},
    {"read", "read what is unread or partly read", "assay read CASE", declare_read},
    {"evidence", "list the evidence with its balance", "assay evidence CASE", declare_evidence},
    {"verify", "check hashes, custody chain, findings and report", "assay verify CASE",
     declare_verify},
    {"party", "state who holds which names and addresses",
     "assay party CASE add Bank 192.0.2.0/24 bank.example --zone Europe/Berlin\n"
     "assay party CASE list\n"
     "assay party CASE remove Bank",
     declare_party},
    {"ask", "ask a question of the case", "assay ask CASE --between Bank --and Sender",
     declare_ask},
    {"claim", "state a quotation so that it can be tested",
     "assay claim CASE add share --party Bank --value '87 %' --quote '87% of the lookups'\n"
     "assay claim CASE list",
     declare_claim},
    {"examine", "find, weigh explanations, give the verdict, answer the claims",
     "assay examine CASE", declare_examine},
    {"report", "write the report as HTML, with JSON beside it", "assay report CASE -o report.html",
     declare_report},
    {"diff", "what changed between two examinations, and by which finding",
     "cp -r CASE BEFORE; assay add CASE mail.log; assay examine CASE; assay diff BEFORE CASE\n"
     "assay diff BEFORE CASE -o difference.html",
     declare_diff},
    {"show", "show one record and its bytes", "assay show CASE dns-1:118204", declare_show},
    {"count", "count records by columns", "assay count CASE --by client,qname,qtype,hour",
     declare_count},
    {"sql", "ask the record store, read only",
     "assay sql CASE 'SELECT client, count() FROM lookups GROUP BY client'", declare_sql},
    {"export", "write all records out", "assay export CASE --to csv > records.csv", declare_export},
    {"rejects", "list what could not become a record", "assay rejects CASE dns-1", declare_rejects},
    {"mail", "review mailboxes: what is new beside what was known, what is marked",
     "assay mail review CASE --known message-1 --new message-2 --out review\n"
     "assay mail review CASE --known from:'J. Doe' --new rest --class new,part_copy --marked",
     declare_mail},
    {"who", "who held a name or an address, by source and date",
     "assay who CASE mail1.sender.example --at 2016-05-04", declare_who},
    {"formats", "list the record formats", "assay formats", declare_formats},
    {"sniff", "say what a file would be taken for, and why", "assay sniff query.log",
     declare_sniff},
    {"methods", "list the analyses", "assay methods", declare_methods},
    {"explanations", "list the explanations that are weighed", "assay explanations",
     declare_explanations},
    {"simulate", "make records whose cause is known, and the truth beside them",
     "assay simulate scenarios/archive-rescan.toml -o DIR", declare_simulate},
    {"causes", "list the causes that a scenario may have, with their parameters", "assay causes",
     declare_causes},
    {"calibrate", "examine simulated records of known cause and count the errors",
     "assay calibrate --runs 2000", declare_calibrate},
    {"completion", "print the completion script of a shell",
     "assay completion bash > ~/.local/share/bash-completion/completions/assay",
     declare_completion},
    {"version", "print the versions of assay and of what answers with it", "assay version",
     declare_version},
};

}  // namespace

const std::vector<Command>& all_commands() {
  static const std::vector<Command> kAll(std::begin(kCommands), std::end(kCommands));
  return kAll;
}

void case_argument(CLI::App& app, std::string& into) {
  app.add_option("CASE", into, "folder of the case")->required();
}

}  // namespace assay::cli
