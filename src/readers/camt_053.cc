// Account statements, reports and notifications in ISO 20022: camt.053, camt.052, camt.054. The
// messages, what is kept and the codes: docs/formats/camt_053.md.
#include <expat.h>
#include <fmt/core.h>

#include <array>
#include <cstring>

#include "assay/reader.h"
#include "readers/camt_entry.h"
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::size_t kMaxDepth = 48;
constexpr std::size_t kMaxTransactions = 100'000;  // of one entry
constexpr std::size_t kMaxLeaves = 4'096;          // of one statement, entry or transaction
constexpr std::size_t kMaxName = 64;  // of an element; those that are known are shorter
constexpr std::uint64_t kMaxEntryWeight = std::uint64_t{256} << 20;  // of its leaves in memory
constexpr std::size_t kMaxTokenBytes = std::size_t{1} << 20;
// expat takes its first bytes for those of an encoding only where they come together.
constexpr std::size_t kFirstBytes = 4;

// Reads one file with expat, which streams: no more than one entry is in memory.
class CamtRead {
 public:
  CamtRead(ClaimClock clock, RecordSink& sink)
      : clock_(std::move(clock)),
        sink_(sink),
        statement_(clock_, sink),
        parser_(XML_ParserCreateNS(nullptr, '|')) {
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, on_start, on_end);
    XML_SetCharacterDataHandler(parser_, on_text);
    // No document of this kind has a DOCTYPE, and with none there is no entity to expand.
    XML_SetStartDoctypeDeclHandler(parser_, on_doctype);
  }
  ~CamtRead() { XML_ParserFree(parser_); }
  CamtRead(const CamtRead&) = delete;
  CamtRead& operator=(const CamtRead&) = delete;

  Status read(ByteSource& source) {
    std::string block(std::size_t{1} << 16, '\0');
    std::size_t held = 0;
    for (;;) {
      const auto count = source.read(block.data() + held, block.size() - held);
      if (!count.ok()) {
        if (count.error().code != ErrorCode::malformed) return count.error();
        refuse("input.damaged",
               "the input is cut or corrupt from here on: " + count.error().message);
        break;
      }
      if (sink_.failure()) return *sink_.failure();
      fed_ += *count;
      if (is_over_) {
        if (*count == 0) break;
        continue;  // what follows is sealed, and part of the reject
      }
      held += *count;
      if (*count != 0 && fed_ < kFirstBytes) continue;
      if (held != 0) feed(block.data(), held);
      held = 0;
      if (*count != 0) continue;
      feed(block.data(), 0);
      break;
    }
    report();
    return {};
  }

 private:
  static CamtRead& self(void* data) { return *static_cast<CamtRead*>(data); }
  static void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
    self(data).start(name, attributes);
  }
  static void on_end(void* data, const XML_Char*) { self(data).end(); }
  static void on_text(void* data, const XML_Char* text, int size) {
    self(data).add_text({text, static_cast<std::size_t>(size)});
  }
  static void on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(data).refuse("camt.doctype.refused", "a DOCTYPE, which may define entities");
  }

  std::uint64_t here() const {
    return static_cast<std::uint64_t>(std::max<XML_Index>(XML_GetCurrentByteIndex(parser_), 0));
  }

  // None: that was all.
  void feed(const char* bytes, std::size_t count) {
    if (is_over_) return;
    recent_.assign(bytes, std::min(count, kMaxRejectText));
    const auto status = XML_Parse(parser_, bytes, static_cast<int>(count), count == 0);
    if (status == XML_STATUS_ERROR && !is_over_) {
      refuse(count == 0 ? "camt.xml.truncated" : "camt.xml.malformed",
             fmt::format("no XML from here on: {}", XML_ErrorString(XML_GetErrorCode(parser_))));
    }
    if (!is_over_ && fed_ > here() + kMaxTokenBytes) {
      refuse("camt.token.too_long", "a piece of markup of more than 1 MiB");
    }
  }

  // Ends the reading. The reject reaches from the damage, or the entry in which it is, to the end.
  void refuse(std::string_view code, std::string why) {
    if (is_over_) return;
    is_over_ = true;
    code_ = code;
    why_ = std::move(why);
    refused_at_ = is_in_entry_ ? entry_at_ : std::min(here(), fed_);
    XML_StopParser(parser_, XML_FALSE);
  }
  void report() {
    if (!is_over_) return;
    sink_.unit();
    sink_.reject(code_, refused_at_, fed_ - refused_at_, is_in_entry_ ? entry_text_ : recent_,
                 why_);
  }

  void start(const char* full_name, const XML_Char** attributes) {
    if (is_over_) return;
    if (++depth_ > kMaxDepth) return refuse("camt.depth", "elements nested too deeply");
    const char* bar = std::strrchr(full_name, '|');
    const std::string_view name = bar ? bar + 1 : full_name;
    text_.clear();
    has_children_ = false;
    currency_.clear();
    for (; attributes && *attributes; attributes += 2) {
      if (std::strcmp(attributes[0], "Ccy") == 0) currency_ = attributes[1];
    }
    if (name == "Stmt" || name == "Rpt" || name == "Ntfctn") {
      if (statement_depth_ == 0) {
        statement_depth_ = depth_;
        statement_at_ = here();
        statement_.begin();
        leaves_ = 0;
      }
    } else if (statement_depth_ != 0 && !is_in_entry_ && name == "Ntry") {
      is_in_entry_ = true;
      entry_depth_ = depth_;
      entry_at_ = here();
      entry_text_.clear();
      entry_.clear();
      transactions_.clear();
      leaves_ = 0;
      entry_weight_ = 0;
    } else if (is_in_entry_ && transaction_depth_ == 0 && name == "TxDtls") {
      if (transactions_.size() >= kMaxTransactions) {
        return refuse("camt.entry.too_large", "more transactions than an entry may have");
      }
      transaction_depth_ = depth_;
      transactions_.emplace_back();
      leaves_ = 0;
    } else if (statement_depth_ != 0 && !is_in_entry_ && balance_depth_ == 0 && name == "Bal") {
      balance_depth_ = depth_;
      balance_.clear();
    }
    path_.emplace_back(name.substr(0, kMaxName));
  }

  void add_text(std::string_view text) {
    if (text_.size() < kMaxFieldText) text_.append(text.substr(0, kMaxFieldText - text_.size()));
    if (is_in_entry_ && entry_text_.size() < kMaxRejectText) entry_text_.append(text);
  }

  // The path below the element at `depth`, without the step that newer versions put in.
  std::string path_below(std::size_t depth) const {
    std::string out;
    for (std::size_t i = depth; i < path_.size(); ++i) {
      if (path_[i] == "Pty") continue;
      if (!out.empty()) out.push_back('/');
      out += path_[i];
    }
    return out;
  }

  void take_leaf() {
    const std::size_t first = text_.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return;
    const std::string text = text_.substr(first, text_.find_last_not_of(" \t\r\n") - first + 1);
    if (statement_depth_ == 0) {
      if (path_.back() == "MsgId" && message_id_.empty()) message_id_ = text;
      return;
    }
    if (++leaves_ > kMaxLeaves) {
      return sink_.note("camt.elements_left_out", path_.back());
    }
    if (is_in_entry_) {
      const bool is_in_transaction = transaction_depth_ != 0;
      auto& leaves = is_in_transaction ? transactions_.back() : entry_;
      leaves.push_back(
          {path_below(is_in_transaction ? transaction_depth_ : entry_depth_), currency_, text});
      entry_weight_ += leaves.back().weight();
      if (entry_weight_ > kMaxEntryWeight) {
        refuse("camt.entry.too_large", "more elements than an entry may have in memory");
      }
    } else if (balance_depth_ != 0) {
      balance_.push_back({path_below(balance_depth_), currency_, text});
    } else {
      statement_.take({path_below(statement_depth_), currency_, text});
    }
  }

  void end() {
    if (is_over_) return;
    if (!has_children_) take_leaf();
    const std::uint64_t behind =
        here() + static_cast<std::uint64_t>(XML_GetCurrentByteCount(parser_));
    if (depth_ == transaction_depth_) {
      transaction_depth_ = 0;
    } else if (is_in_entry_ && depth_ == entry_depth_) {
      is_in_entry_ = false;
      sink_.unit();
      statement_.take_entry(entry_, transactions_, entry_at_, behind - entry_at_, entry_text_);
    } else if (depth_ == balance_depth_) {
      balance_depth_ = 0;
      statement_.take_balance(balance_);
    } else if (depth_ == statement_depth_) {
      statement_depth_ = 0;
      statement_.end(message_id_, statement_at_, behind - statement_at_);
    }
    path_.pop_back();
    --depth_;
    has_children_ = true;
    text_.clear();
    if (sink_.failure()) XML_StopParser(parser_, XML_FALSE);
  }

  ClaimClock clock_;
  RecordSink& sink_;
  CamtStatement statement_;
  XML_Parser parser_;

  std::uint64_t fed_ = 0;
  bool is_over_ = false;
  std::string_view code_;
  std::string why_, recent_;
  std::uint64_t refused_at_ = 0;

  std::size_t depth_ = 0;
  std::vector<std::string> path_;
  std::string text_, currency_, message_id_;
  bool has_children_ = false;

  std::size_t statement_depth_ = 0, entry_depth_ = 0, transaction_depth_ = 0, balance_depth_ = 0;
  std::size_t leaves_ = 0;
  std::uint64_t statement_at_ = 0, entry_at_ = 0, entry_weight_ = 0;
  bool is_in_entry_ = false;
  std::string entry_text_;
  std::vector<CamtLeaf> entry_, balance_;
  std::vector<std::vector<CamtLeaf>> transactions_;
};

// "<BkToCstmrStmt>" or "<ns2:BkToCstmrStmt ...": a page about them has the words alone.
bool has_element(std::string_view head, std::string_view name) {
  for (std::size_t at = 0; (at = head.find(name, at)) < head.size(); at += name.size()) {
    const std::size_t begin = head.find_last_of("<> \t\r\n", at);
    if (begin < head.size() && head[begin] == '<') return true;
  }
  return false;
}

class Camt053 final : public Reader {
 public:
  std::string_view name() const override { return "camt_053"; }
  std::string_view summary() const override {
    return "account statements of ISO 20022: camt.053, camt.052, camt.054";
  }
  std::string_view record_kind() const override { return "payment"; }
  std::string_view unit() const override { return "entry"; }

  SniffScore sniff(std::string_view head) const override {
    const std::size_t first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
    if (first == std::string_view::npos || head[first] != '<') return {};
    for (const std::string_view word :
         {"BkToCstmrStmt", "BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn"}) {
      if (has_element(head, word)) {
        const bool has_namespace = head.find("iso:20022:tech:xsd:camt.05") < head.size();
        return {has_namespace ? 97 : 85, fmt::format("XML with the element {}", word)};
      }
    }
    if (head.find("iso:20022:tech:xsd:pain.") < head.size()) {
      return {0, "an order of ISO 20022 (pain): it asks for payments and does not show any"};
    }
    return {};
  }

  Status read(ByteSource& source, const ReadContext& context, RecordSink& sink) const override {
    auto clock = LogClock::make(context.clock, context.first_year);
    if (!clock.ok()) return clock.error();
    CamtRead read(ClaimClock(std::move(*clock)), sink);
    ASSAY_TRY(read.read(source));
    return flushed(sink);
  }
};

}  // namespace

const Reader& camt_053_reader() {
  static const Camt053 reader;
  return reader;
}

}  // namespace assay
