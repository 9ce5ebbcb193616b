// Mailboxes. A body is a line, whatever the size in the logs: what is told alike are identity,
// persons, threads and times.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/instant.h"
#include "sim/records/mail.h"
#include "sim/records/records.h"
#include "sim/times.h"

namespace assay::sim {
namespace {

constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// RFC 5322 section 3.3, or as asctime writes it, behind "From ".
std::string date_text(double time_s, bool is_asctime) {
  const std::int64_t us = micros(std::floor(time_s));
  const CivilTime at = civil_from_utc(us);
  const char* day = kDays[weekday_of(us / kMicrosPerDay)];
  const char* month = kMonths[at.month - 1];
  if (is_asctime) {
    return fmt::format("{} {} {:2} {:02}:{:02}:{:02} {}", day, month, at.day, at.hour, at.minute,
                       at.second, at.year);
  }
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", day, at.day, month, at.year, at.hour,
                     at.minute, at.second);
}

struct Kept {
  double time_s = 0;
  std::string from, to, message_id, subject, queue_id;
  std::string peer_name, peer_address;  // that handed it over
  std::vector<std::string> references;
  bool is_received = false;  // it bears the line of the host that took it
  bool is_draft = false;
};

class Mailbox {
 public:
  Mailbox(std::string domain, RecordFile& file) : domain_(std::move(domain)), file_(file) {}

  void add(const Kept& mail) {
    std::string& out = file_.bytes;
    const auto line = [&](const std::string& text) { out += text + "\n"; };
    line(fmt::format("From {} {}", mail.is_draft ? "-" : mail.from, date_text(mail.time_s, true)));
    if (mail.is_received) {
      line(fmt::format("Return-Path: <{}>", mail.from));
      line(
          fmt::format("Received: from {0} ({0} [{1}])\n\tby mx1.{2} (Postfix) with ESMTP id {3}\n"
                      "\tfor <{4}>; {5}",
                      mail.peer_name, mail.peer_address, domain_, mail.queue_id, mail.to,
                      date_text(mail.time_s, false)));
      ++file_.records["hop"];
    }
    line("Date: " + date_text(mail.time_s, false));
    line("From: " + mail.from);
    line("To: " + mail.to);
    line("Subject: " + mail.subject);
    line(fmt::format("Message-ID: <{}>", mail.message_id));
    if (!mail.references.empty()) {
      line(fmt::format("In-Reply-To: <{}>", mail.references.back()));
      line(fmt::format("References: <{}>", fmt::join(mail.references, "> <")));
    }
    if (mail.is_draft) line("X-Mozilla-Draft-Info: internal/draft; vcard=0; receipt=0; uuencode=0");
    line("Content-Type: text/plain; charset=us-ascii");
    line(fmt::format("\nMessage {}.\n", mail.message_id.substr(0, mail.message_id.find('@'))));
    ++file_.records["message"];
  }

 private:
  std::string domain_;
  RecordFile& file_;
};

Kept kept_of(const SimulatedMail& mail) {
  Kept kept;
  kept.time_s = mail.transfer->time_s;
  kept.from = mail.from;
  kept.to = mail.to;
  kept.message_id = mail.message_id;
  kept.queue_id = mail.queue_id;
  kept.peer_name = mail.peer_name;
  kept.peer_address = mail.peer_address;
  kept.references = mail.references;
  kept.is_received = mail.transfer->is_inbound;
  kept.subject =
      mail.transfer->thread != 0
          ? fmt::format("{}Matter {}", mail.references.empty() ? "" : "Re: ", mail.transfer->thread)
          : "News";
  return kept;
}

Kept kept_of(const Scenario& scenario, const PartyMessage& each, std::size_t number) {
  const std::string domain = mail_domain(scenario, each.party), outside = sender_domain(scenario);
  const std::string person = fmt::format("person{}@{}", number % 5, domain);
  Kept kept;
  kept.time_s = each.message.time_s;
  kept.is_draft = each.message.is_draft;
  kept.is_received = !kept.is_draft;
  kept.from = kept.is_draft ? person : "news@" + outside;
  kept.to = kept.is_draft ? "person1@" + outside : person;
  kept.subject = kept.is_draft ? "Draft" : "News";
  kept.message_id = fmt::format("{}{}.{}@{}", kept.is_draft ? "draft" : "old", number, each.cause,
                                kept.is_draft ? domain : outside);
  kept.queue_id = fmt::format("{:010X}", 0x2f00000000ull + number * 7'919ull);
  kept.peer_name = scenario.target.qname;
  kept.peer_address = scenario.target.address;
  return kept;
}

}  // namespace

std::vector<RecordFile> mailboxes(const Scenario& scenario, const SimulatedRun& run) {
  std::vector<RecordFile> files;
  for (std::uint16_t i = 0; i < scenario.parties.size(); ++i) {
    std::vector<Kept> all;
    for (const PartyMessage& each : run.messages) {
      if (each.party == i) all.push_back(kept_of(scenario, each, all.size() + 1));
    }
    for (const SimulatedMail& mail : mail_of_party(scenario, run, i)) {
      if (mail.transfer->code < 400) all.push_back(kept_of(mail));
    }
    if (all.empty()) continue;
    std::stable_sort(all.begin(), all.end(),
                     [](const Kept& a, const Kept& b) { return a.time_s < b.time_s; });
    RecordFile file{file_stem(scenario, i) + ".mbox", "", {}};
    Mailbox mailbox(mail_domain(scenario, i), file);
    for (const Kept& mail : all) mailbox.add(mail);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace assay::sim
