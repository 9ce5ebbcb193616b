#include "methods/support/signs_of_use.h"

#include <algorithm>
#include <array>

#include "methods/support/mail_words.h"

namespace assay::methods {
namespace {

constexpr std::array<std::string_view, kSignKinds> kWords{"look-ups of its name",
                                                          "registrations",
                                                          "unanswered flows to it",
                                                          "mail in its name",
                                                          "look-ups made by it",
                                                          "one-way flows from it",
                                                          "messages",
                                                          "flows and sessions",
                                                          "answers of a service",
                                                          "mail"};

struct Words {
  FieldId host = field_id("host"), from = field_id("envelope_from"),
          hop_from = field_id("hop_from_address"), queue = field_id("queue_id"),
          ptr = field_id("ptr_name");
};

class Collector {
 public:
  Collector(const MethodContext& context, const UseSubject& subject)
      : context_(context), subject_(subject) {}

  SignsByKind collect(const std::vector<QuestionRecords>& vantages) {
    for (const QuestionRecords& records : vantages) take_lookups(records);
    const auto& rows = context_.others->rows;
    for (std::uint32_t i = 0; i < rows.size(); ++i) take(i, rows[i]);
    return std::move(signs_);
  }

 private:
  bool is_ours(const IpAddress& address, int party) const {
    if (address.is_unspecified()) return false;
    if (subject_.party >= 0) {
      return party == subject_.party ||
             (party < 0 && is_address_of(context_, subject_.party, address));
    }
    return std::find(subject_.addresses.begin(), subject_.addresses.end(), address) !=
           subject_.addresses.end();
  }
  bool is_our_name(std::string_view canonical) const {
    if (canonical.empty()) return false;
    if (subject_.party >= 0) {
      return context_.case_file->parties[static_cast<std::size_t>(subject_.party)].holds_name(
          canonical);
    }
    return std::find(subject_.names.begin(), subject_.names.end(), canonical) !=
           subject_.names.end();
  }

  void note(SignKind kind, const Interval& when, bool is_dated) {
    Signs& signs = signs_[kind];
    ++signs.count;
    if (!is_dated) {
      ++signs.undated;
      return;
    }
    signs.times.push_back(when);
    signs.span = signs.span ? Interval{std::min(signs.span->begin_us, when.begin_us),
                                       std::max(signs.span->end_us, when.end_us)}
                            : when;
  }

  void take_lookups(const QuestionRecords& records) {
    for (const LookupRow& row : records.rows) {
      const Interval when{row.time_us, row.time_us + row.width_us};
      const bool is_dated = (row.flags & kTimeUnknown) == 0;
      if (is_our_name(records.names[row.name].canonical)) {
        note(SignKind::lookup_of_name, when, is_dated);
      }
      const HostInfo& client = records.hosts[row.client];
      if (is_ours(client.address, client.party)) note(SignKind::lookup_made, when, is_dated);
    }
  }

  std::optional<SignKind> kind_of(const OtherRow& row) const {
    static const Words kFields;
    const bool is_client = is_ours(row.client, row.client_party);
    const bool is_server = is_ours(row.server, row.server_party);
    switch (row.row.kind) {
      case RecordKind::flow: {
        if (!is_client && !is_server) return std::nullopt;
        const bool is_sent = row.row.packets_sent + row.row.bytes_sent > 0;
        const bool is_back = row.row.packets_received + row.row.bytes_received > 0;
        if (is_sent && is_back) return SignKind::flow;
        return (is_client && is_sent) || (is_server && is_back) ? SignKind::one_way_flow
                                                                : SignKind::unanswered_flow;
      }
      case RecordKind::service:
        if (is_server && row.row.code != kNoCode) return SignKind::service;
        return is_client ? std::optional(SignKind::flow) : std::nullopt;
      case RecordKind::mail: {
        const bool is_passed = fate_of(row) == MailFate::accepted;
        std::string host;
        const bool is_own_log = !row.field(kFields.host).empty() &&
                                !canonicalise_name(row.field(kFields.host), host) &&
                                is_our_name(host);
        if (is_client || (is_server && row.row.code != kNoCode) ||
            (is_own_log && (is_passed || !row.field(kFields.queue).empty()))) {
          return SignKind::mail;
        }
        if (is_our_name(mail_domain(row.field(kFields.from))) || is_our_name(row.name)) {
          return SignKind::mail_in_its_name;
        }
        return std::nullopt;
      }
      case RecordKind::hop:
        for (const auto& [field, text] : row.fields) {
          if (field != kFields.hop_from) continue;
          const auto address = IpAddress::parse(text);
          if (address && is_ours(*address, -1)) return SignKind::message;
        }
        return is_client ? std::optional(SignKind::message) : std::nullopt;
      case RecordKind::registration: {
        std::string ptr;
        const std::string_view told = row.field(kFields.ptr);
        const bool is_ptr = !told.empty() && !canonicalise_name(told, ptr) && is_our_name(ptr);
        return is_our_name(row.name) || is_ptr || is_server ? std::optional(SignKind::registration)
                                                            : std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

  void take(std::uint32_t index, const OtherRow& row) {
    const std::optional<SignKind> kind = kind_of(row);
    if (!kind) return;
    const Interval when{row.row.time_us,
                        std::max(row.row.time_us + row.row.width_us, row.row.until_us + 1)};
    note(*kind, when, row.is_dated());
    signs_[*kind].rows.push_back(index);
  }

  const MethodContext& context_;
  const UseSubject& subject_;
  SignsByKind signs_;
};

}  // namespace

std::string_view word_of(SignKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

bool is_use(SignKind kind) { return kind >= SignKind::flow; }

bool is_doubtful(SignKind kind) {
  return kind == SignKind::lookup_made || kind == SignKind::one_way_flow ||
         kind == SignKind::message;
}

SignsByKind signs_of(const std::vector<QuestionRecords>& vantages, const MethodContext& context,
                     const UseSubject& subject) {
  return Collector(context, subject).collect(vantages);
}

}  // namespace assay::methods
