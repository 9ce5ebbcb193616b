#include "readers/mail/mail_rows.h"

#include <fmt/core.h>

#include <array>

#include "core/digest.h"
#include "core/mail_address.h"
#include "core/text_sketch.h"
#include "readers/mail/mail_text.h"
#include "readers/storable_time.h"

namespace assay {

namespace {

std::uint32_t row_length(std::uint64_t length) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX));
}

constexpr std::string_view kNoZone = "its own date, without a zone, read as UTC";

}  // namespace

MailboxRows::MailboxRows(MailFacts facts, const Zone& zone, std::int64_t skew_us, RecordSink& sink)
    : facts_(std::move(facts)), zone_(zone), skew_us_(skew_us), sink_(sink) {}

void MailboxRows::add() {
  collect();
  add_message(moment());
  for (std::size_t i = 0; i < hops_.size(); ++i) add_hop(i);
  note_oddities();
}

void MailboxRows::collect() {
  const HeaderBlock& header = facts_.header;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const HeaderBlock::Field field = header.field(i);
    if (is_same_word(field.name, "received")) {
      Hop hop{field, unfolded(field.value), {}};
      hop.received = parse_received(hop.value);
      hops_.push_back(std::move(hop));
    } else if (date_text_.empty() && is_same_word(field.name, "date")) {
      date_text_ = unfolded(field.value);
    } else if (message_id_.empty() && is_same_word(field.name, "message-id")) {
      message_id_ = unfolded(field.value);
    }
  }
  date_ = parse_mail_date(date_text_);
}

// The author's date goes first. Another clock's stands in for it where it is missing, and is named.
MailboxRows::Moment MailboxRows::moment() const {
  if (date_) {
    return Moment{date_->us, date_->width_us, 0, date_->has_zone ? "" : std::string(kNoZone)};
  }
  for (std::size_t i = 0; i < hops_.size(); ++i) {
    if (const auto& date = hops_[i].received.date) {
      return Moment{date->us, date->width_us, 0, fmt::format("Received, hop {}", i + 1)};
    }
  }
  return moment_of_store();
}

MailboxRows::Moment MailboxRows::moment_of_store() const {
  const auto& stored = facts_.setting.stored;
  if (!stored) return {0, 1, kTimeUnknown, {}};
  Moment moment{stored->us, stored->width_us, 0, facts_.setting.stored_by};
  if (!stored->has_zone) {
    const UtcReading utc = zone_.to_utc(stored->us);
    moment.us = utc.us;
    moment.width_us += utc.extra_width_us;
    if (utc.is_ambiguous) moment.flags |= kLocalTimeAmbiguous;
    if (utc.is_nonexistent) moment.flags |= kLocalTimeNonexistent;
  }
  if (!add_skew(moment.us, skew_us_, moment.us)) return {0, 1, kTimeUnknown, {}};
  return moment;
}

std::uint64_t MailboxRows::name_key_of(std::string_view name, std::uint32_t& flags) {
  std::string canonical;
  bool had_upper = false;
  if (name.empty() || canonicalise_name(name, canonical, &had_upper)) return 0;
  if (had_upper) flags |= kNameHadCapitals;
  return sink_.name(canonical);
}

void MailboxRows::add_message(const Moment& moment) {
  static const FieldId kTimeSource = field_id("time_source"), kSha = field_id("message_sha256"),
                       kBody = field_id("body_sha256"), kText = field_id("text_sha256"),
                       kSketch = field_id("text_sketch"), kEnvelopeFrom = field_id("envelope_from"),
                       kFlags = field_id("mailbox_flags"), kFolder = field_id("folder"),
                       kCheck = field_id("dkim_check");
  RecordRow row;
  row.kind = RecordKind::message;
  row.time_us = row.until_us = moment.us;
  row.width_us = moment.width_us;
  row.flags = moment.flags;
  row.bytes_sent = facts_.length;
  row.offset = facts_.offset;
  row.length = row_length(facts_.length);
  if (const auto origin = address_in_word(facts_.header.first("x-originating-ip"))) {
    row.client = sink_.host(*origin);
  }
  const auto authors = parse_addresses(facts_.header.first("from"), 1);
  if (!authors.empty())
    row.name = name_key_of(domain_of_mailbox(authors.front().address), row.flags);
  sink_.add_record(row);
  add_header_fields();
  sink_.add_field(kTimeSource, moment.source);
  sink_.add_field(kEnvelopeFrom, facts_.setting.envelope_from);
  sink_.add_field(kFlags, facts_.setting.flags);
  sink_.add_field(kFolder, facts_.setting.folder);
  for (const std::string& check : facts_.dkim_checks) sink_.add_field(kCheck, check);
  add_parts();
  const std::string text = facts_.walk.text();
  if (!text.empty()) sink_.add_field(kText, sha256_hex(text));  // all empty texts are alike
  sink_.add_field(kSketch, text_sketch(text));
  sink_.add_field(kBody, facts_.body_sha256);
  sink_.add_field(kSha, facts_.message_sha256);
}

namespace {

enum class As { text, decoded, addresses, words, dkim, autocrypt, as_written };
struct Rule {
  std::string_view name;
  FieldId field;
  As as;
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"message-id", field_id("message_id"), As::text},
      {"date", field_id("date_header"), As::text},
      {"from", field_id("header_from"), As::addresses},
      {"to", field_id("header_to"), As::addresses},
      {"cc", field_id("header_cc"), As::addresses},
      {"bcc", field_id("header_bcc"), As::addresses},
      {"sender", field_id("sender"), As::addresses},
      {"reply-to", field_id("reply_to"), As::addresses},
      {"subject", field_id("subject"), As::decoded},
      {"return-path", field_id("return_path"), As::text},
      {"delivered-to", field_id("delivered_to"), As::text},
      {"x-original-to", field_id("orig_recipient"), As::text},
      {"in-reply-to", field_id("in_reply_to"), As::text},
      {"references", field_id("references"), As::words},
      {"resent-message-id", field_id("resent_message_id"), As::text},
      {"thread-topic", field_id("thread_topic"), As::decoded},
      {"list-id", field_id("list_id"), As::decoded},
      {"list-unsubscribe", field_id("list_unsubscribe"), As::text},
      {"feedback-id", field_id("feedback_id"), As::text},
      {"user-agent", field_id("user_agent"), As::decoded},
      {"x-mailer", field_id("x_mailer"), As::decoded},
      {"x-originating-ip", field_id("x_originating_ip"), As::text},
      {"authentication-results", field_id("authentication_result"), As::text},
      {"arc-authentication-results", field_id("authentication_result"), As::text},
      {"received-spf", field_id("received_spf"), As::text},
      {"dkim-signature", 0, As::dkim},
      {"domainkey-signature", 0, As::dkim},
      {"autocrypt", 0, As::autocrypt},
      // A program wrote the message, or it went to many (RFC 3834 and its forerunners).
      {"auto-submitted", field_id("raw"), As::as_written},
      {"precedence", field_id("raw"), As::as_written},
      {"list-unsubscribe-post", field_id("raw"), As::as_written},  // RFC 8058
      {"x-autoreply", field_id("raw"), As::as_written},
      {"x-autorespond", field_id("raw"), As::as_written},
      {"x-priority", field_id("priority"), As::text},
      {"importance", field_id("priority"), As::text},
      {"x-spam-score", field_id("spam_score"), As::text},
      {"content-type", field_id("content_type"), As::text},
      {"status", field_id("mailbox_flags"), As::text},
      {"x-status", field_id("mailbox_flags"), As::text},
      {"x-gmail-labels", field_id("folder"), As::decoded},
  };
  return all;
}

}  // namespace

void MailboxRows::add_header_fields() {
  static const FieldId kRaw = field_id("raw"), kPgp = field_id("pgp");
  for (std::size_t i = 0; i < facts_.header.size(); ++i) {
    const HeaderBlock::Field field = facts_.header.field(i);
    const auto rule = std::find_if(rules().begin(), rules().end(), [&](const Rule& each) {
      return is_same_word(field.name, each.name);
    });
    if (rule == rules().end()) continue;
    const std::string value = unfolded(field.value);
    switch (rule->as) {
      case As::text:
        sink_.add_field(rule->field, value);
        break;
      case As::decoded: {
        const std::string decoded = decoded_text(value);
        sink_.add_field(rule->field, decoded);
        if (decoded != value) sink_.add_field(kRaw, fmt::format("{}: {}", field.name, value));
        break;
      }
      case As::addresses:
        add_addresses(rule->field, value);
        break;
      case As::words: {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = value.find_first_not_of(" \t,", at)) != value.npos;) {
          const std::size_t end = std::min(value.find_first_of(" \t,", at), value.size());
          if (++count > kMaxReferences) break;
          sink_.add_field(rule->field, std::string_view(value).substr(at, end - at));
          at = end;
        }
        if (count > kMaxReferences) sink_.note("mail.too_many_references", message_id_);
        break;
      }
      case As::dkim:
        add_dkim(value);
        break;
      case As::as_written:
        sink_.add_field(rule->field, fmt::format("{}: {}", field.name, value));
        break;
      case As::autocrypt:
        sink_.add_field(kPgp, "Autocrypt header");
        break;
    }
  }
}

// A list that cannot be read is kept as it stands.
void MailboxRows::add_addresses(FieldId field, const std::string& value) {
  const auto addresses = parse_addresses(value, addresses_left_ + 1);
  if (addresses.size() > addresses_left_) sink_.note("mail.too_many_addresses", message_id_);
  for (const MailAddress& each : addresses) {
    if (addresses_left_ == 0) return;
    --addresses_left_;
    sink_.add_field(field, each.text);
  }
  if (addresses.empty() && !value.empty()) {
    sink_.note("mail.addresses_unreadable", value);
    sink_.add_field(field, decoded_text(value));
  }
}

// RFC 6376 section 3.5: tags between semicolons.
void MailboxRows::add_dkim(const std::string& value) {
  static const FieldId kDomain = field_id("dkim_domain"), kSelector = field_id("dkim_selector");
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    const std::string_view tag = trimmed(std::string_view(value).substr(at, end - at));
    const std::size_t equals = tag.find('=');
    const std::string_view key = trimmed(tag.substr(0, equals));
    if (equals != tag.npos && (key == "d" || key == "s")) {
      sink_.add_field(key == "d" ? kDomain : kSelector, trimmed(tag.substr(equals + 1)));
    }
    at = end + 1;
  }
}

void MailboxRows::add_parts() {
  static const FieldId kPart = field_id("part"), kAttachment = field_id("attachment"),
                       kBoundary = field_id("boundary"), kEncryption = field_id("encryption"),
                       kSignature = field_id("signature"), kPgp = field_id("pgp");
  for (const ContentType& type : facts_.walk.multiparts()) {
    sink_.add_field(kBoundary, type.boundary);
    const std::string told = type.type + (type.protocol.empty() ? "" : " " + type.protocol);
    if (type.is("multipart/encrypted")) sink_.add_field(kEncryption, told);
    if (type.is("multipart/signed")) sink_.add_field(kSignature, told);
  }
  for (const MimePart& part : facts_.walk.parts()) {
    const std::string line =
        fmt::format("{} {} {} {}", part.index, part.type.type, part.size, part.sha256);
    sink_.add_field(kPart, line);
    if (part.is_attachment) {
      sink_.add_field(kAttachment, line + (part.file_name.empty() ? "" : " ") + part.file_name);
    }
    if (part.type.is("application/pkcs7-mime") || part.type.is("application/x-pkcs7-mime")) {
      const bool is_signed = part.type.smime_type == "signed-data";
      sink_.add_field(is_signed ? kSignature : kEncryption,
                      trimmed(part.type.type + " " + part.type.smime_type));
    }
  }
  if (facts_.walk.has_inline_pgp()) sink_.add_field(kPgp, "inline");
}

void MailboxRows::add_hop(std::size_t i) {
  static const std::array kTexts = {std::pair(field_id("hop_from"), &Received::from),
                                    std::pair(field_id("helo"), &Received::helo),
                                    std::pair(field_id("client_name"), &Received::ptr_name),
                                    std::pair(field_id("hop_by"), &Received::by),
                                    std::pair(field_id("hop_with"), &Received::with),
                                    std::pair(field_id("transport"), &Received::via),
                                    std::pair(field_id("hop_id"), &Received::id),
                                    std::pair(field_id("hop_for"), &Received::recipient),
                                    std::pair(field_id("envelope_from"), &Received::envelope_from),
                                    std::pair(field_id("auth_user"), &Received::auth_user),
                                    std::pair(field_id("tls_version"), &Received::tls_version),
                                    std::pair(field_id("tls_cipher"), &Received::tls_cipher),
                                    std::pair(field_id("date_time"), &Received::date_text)};
  static const FieldId kMessageId = field_id("message_id"), kIndex = field_id("hop_index"),
                       kAddress = field_id("hop_from_address"), kComment = field_id("hop_comment"),
                       kTimeSource = field_id("time_source"), kRaw = field_id("raw");
  const Hop& hop = hops_[i];
  const Received& received = hop.received;
  RecordRow row;
  row.kind = RecordKind::hop;
  if (received.date) {
    row.time_us = row.until_us = received.date->us;
    row.width_us = received.date->width_us;
  } else {
    row.flags |= kTimeUnknown;
  }
  row.offset = hop.field.offset;
  row.length = hop.field.length;
  if (received.from_address) row.client = sink_.host(*received.from_address);
  if (received.by_address) row.server = sink_.host(*received.by_address);
  const std::string& name = received.ptr_name.empty() ? received.helo : received.ptr_name;
  if (!address_in_word(name)) row.name = name_key_of(name, row.flags);
  sink_.add_record(row);
  sink_.add_field(kMessageId, message_id_);
  sink_.add_field(kIndex, std::to_string(i + 1));
  if (received.from_address) sink_.add_field(kAddress, received.from_address->to_string());
  for (const auto& [field, text] : kTexts) sink_.add_field(field, received.*text);
  for (const std::string& comment : received.comments) sink_.add_field(kComment, comment);
  if (received.date && !received.date->has_zone) sink_.add_field(kTimeSource, kNoZone);
  if (!received.date) sink_.note("mail.hop_time_unreadable", hop.value);
  if (received.tells_nothing()) sink_.note("mail.hop_unreadable", hop.value);
  if (!received.date || received.tells_nothing()) sink_.add_field(kRaw, hop.value);
}

void MailboxRows::note_oddities() {
  const HeaderBlock& header = facts_.header;
  const MimeWalk& walk = facts_.walk;
  const auto note = [&](bool is_so, std::string_view code, std::string_view text) {
    if (is_so) sink_.note(code, text);
  };
  note(date_text_.empty(), "mail.date_missing", message_id_);
  note(!date_text_.empty() && !date_, "mail.date_unreadable", date_text_);
  note(!date_ && moment().flags & kTimeUnknown, "mail.time_unknown", message_id_);
  note(date_ && !date_->has_zone, "mail.date_without_zone", date_text_);
  note(header.dropped_bytes() > 0, "mail.header_cut", message_id_);
  note(header.odd_lines() > 0, "mail.header_line_unreadable", header.odd_line());
  note(walk.is_too_deep(), "mime.too_deep", message_id_);
  note(walk.is_unclosed(), "mime.boundary_unclosed", message_id_);
  note(walk.lacks_boundary(), "mime.boundary_missing", message_id_);
  note(walk.is_text_too_long(), "mail.text_not_hashed", message_id_);
  if (walk.parts_beyond_limit() > 0) {
    sink_.note("mime.too_many_parts", message_id_, walk.parts_beyond_limit());
  }
}

}  // namespace assay
