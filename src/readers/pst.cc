// Outlook's folders in one file, where there is no readpst to make mailboxes of them (where there
// is, they are an archive of mailboxes: engine/pst_folders.h). docs/formats/pst.md.
#include "readers/readers.h"

namespace assay {

namespace {

constexpr std::string_view kMagic = "!BDN";

class Pst final : public Reader {
 public:
  std::string_view name() const override { return "pst"; }
  std::string_view summary() const override {
    return "Outlook's .pst or .ost, through readpst when it is installed";
  }
  std::string_view record_kind() const override { return "message"; }
  std::string_view unit() const override { return "file"; }

  SniffScore sniff(std::string_view head) const override {
    if (!head.starts_with(kMagic)) return {};
    return {100, "the magic '!BDN' of Outlook's folders"};
  }

  Status read(ByteSource& source, const ReadContext&, RecordSink& sink) const override {
    std::string block(std::size_t{1} << 18, '\0');
    std::uint64_t size = 0;
    std::string head;
    for (;;) {
      const auto count = source.read(block.data(), block.size());
      if (!count.ok()) {
        if (count.error().code != ErrorCode::malformed) return count.error();
        break;
      }
      if (*count == 0) break;
      if (head.size() < kMaxRejectText) head.append(block, 0, std::min(*count, kMaxRejectText));
      size += *count;
    }
    if (size > 0) {
      sink.unit();
      sink.reject("pst.not_read", 0, size, head,
                  "Outlook's folders are read through readpst alone, which was not here; install "
                  "it (Debian package pst-utils) and add the file again with --restate");
    }
    return flushed(sink);
  }
};

}  // namespace

const Reader& pst_reader() {
  static const Pst reader;
  return reader;
}

}  // namespace assay
