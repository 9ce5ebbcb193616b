// Zeek's weird.log: what the sensor found odd, and with it where its other logs may be wrong.
// docs/formats/zeek_weird.md.
#include <array>

#include "readers/readers.h"
#include "readers/zeek_log.h"

namespace assay {

namespace {

enum Slot : std::size_t { kUid = kZeekRespPort + 1, kName, kDetail, kNotice, kPeer, kSource };

constexpr std::array<ZeekColumn, kSource + 1> kColumns = {{{"ts"},
                                                           {"id.orig_h"},
                                                           {"id.orig_p"},
                                                           {"id.resp_h"},
                                                           {"id.resp_p"},
                                                           {"uid"},
                                                           {"name"},
                                                           {"addl"},
                                                           {"notice"},
                                                           {"peer"},
                                                           {"source"}}};
static_assert(kColumns[kSource].name == "source");

constexpr std::array<std::string_view, 3> kSigns = {"name", "notice", "peer"};

class WeirdTaker final : public ZeekTaker {
 public:
  explicit WeirdTaker(RecordSink& sink) : sink_(sink) {}

  void take(ZeekRecord& record, RecordRow row) override {
    const std::string_view notice = record.flag(kNotice);
    // Some oddities belong to no connection.
    if (!record.set_ends(row, sink_, false)) return;
    static const FieldId kUidField = field_id("uid"), kNameField = field_id("weird_name"),
                         kDetailField = field_id("weird_detail"), kNoticeField = field_id("notice"),
                         kPeerField = field_id("peer"), kSourceField = field_id("source");
    sink_.add_record(row);
    sink_.add_field(kUidField, record.text(kUid));
    sink_.add_field(kNameField, record.text(kName));
    sink_.add_field(kDetailField, record.text(kDetail));
    sink_.add_field(kNoticeField, notice);
    sink_.add_field(kPeerField, record.text(kPeer));
    sink_.add_field(kSourceField, record.text(kSource));
  }

 private:
  RecordSink& sink_;
};

}  // namespace

const Reader& zeek_weird_reader() {
  static const ZeekLog reader({"zeek_weird", "weird.log of Zeek, TSV or JSON lines",
                               RecordKind::recorder, "weird", kColumns, kSigns, 3,
                               [](RecordSink& sink) -> std::unique_ptr<ZeekTaker> {
                                 return std::make_unique<WeirdTaker>(sink);
                               }});
  return reader;
}

}  // namespace assay
