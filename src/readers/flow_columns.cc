#include "readers/flow_columns.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/ascii.h"
#include "readers/text_numbers.h"

namespace assay {

namespace {

using C = FlowColumn;

struct Synonyms {
  C column;
  std::string_view words;  // with blanks between; letters and digits alone
};

// From nfdump 1.6 and 1.7, SiLK's rwcut, Argus' ra, YAF's yafscii, pmacct, nProbe and ntopng,
// CICFlowMeter, UNSW-NB15, AWS VPC flow logs, ECS and the element names of RFC 5102.
constexpr Synonyms kSynonyms[] = {
    {C::begin,
     "begin begintime date datefirstseen datetime eventstart first firstseen "
     "firstswitched flowstart flowstartmicroseconds flowstartmilliseconds flowstartms "
     "flowstartnanoseconds flowstartseconds flowstarttime start starttime "
     "starttimestamp stime stimemsec tfirst time timereceived timestamp timestampstart "
     "timestart ts tsr"},
    {C::end,
     "datelastseen end endtime endtimestamp etime etimemsec eventend finish flowend "
     "flowendmicroseconds flowendmilliseconds flowendms flowendnanoseconds "
     "flowendseconds flowendtime last lastseen lastswitched lasttime ltime te timeend "
     "timestampend tlast"},
    {C::duration_s,
     "dur durat duration durationinseconds durationmsec durationseconds durmsec "
     "flowdurationseconds td"},
    {C::duration_ms,
     "durationmillis durationmilliseconds durationms flowdurationmilliseconds "
     "flowdurationms"},
    {C::duration_us, "durationmicroseconds durationus flowduration flowdurationmicroseconds"},
    {C::duration_ns, "eventduration"},
    {C::client,
     "cliaddr clientaddr clientaddress clientip cliip idorigh iporig ipsrc ipsrcaddr "
     "ipv4srcaddr ipv6srcaddr origh sa sip source sourceaddress sourceip "
     "sourceipaddress sourceipv4address sourceipv6address src src4addr src6addr srcaddr "
     "srcaddress srcip srcipaddr srcipv4 srcipv6"},
    {C::server,
     "da destaddr destaddress destination destinationaddress destinationip "
     "destinationipaddress destinationipv4address destinationipv6address destip dip dst "
     "dst4addr dst6addr dstaddr dstaddress dstip dstipaddr dstipv4 dstipv6 idresph "
     "ipdst ipdstaddr ipv4dstaddr ipv6dstaddr resph serveraddr serveraddress serverip "
     "srvaddr srvip"},
    {C::client_port,
     "clientport cliport idorigp l4srcport origp portsrc sourceport sourcetransportport "
     "sp sport srcport srcpt tcpsrcport udpsrcport"},
    {C::server_port,
     "destinationport destinationtransportport destport dp dport dsport dstport dstpt "
     "idrespp l4dstport portdst respp serverport srvport"},
    {C::protocol,
     "ipproto ipprotocol l4proto networkiananumber networktransport pr pro prot proto "
     "protocol protocolidentifier protocolnumber transport"},
    {C::packets_sent,
     "cli2srvpackets cli2srvpkts clientpackets dpkts fwdpackets initiatorpackets "
     "inpackets inpkt inpkts ipkt npackets origpkts packetdeltacount packets packetssent "
     "packetssrctodst packetstoserver packettotalcount pkt pkts sourcepackets spkts "
     "srcpackets srcpkts totalfwdpacket totalfwdpackets totfwdpkts"},
    {C::packets_received,
     "bwdpackets destinationpackets dstpackets dstpkts opkt outpackets outpkt outpkts "
     "packetsdsttosrc packetsreceived packetstoclient responderpackets resppkts "
     "reversepacketdeltacount reversepackettotalcount rpkt rpkts serverpackets "
     "srv2clipackets srv2clipkts totalbackwardpackets totalbwdpackets totbwdpkts"},
    {C::packets_total, "networkpackets totalpackets totalpkts totpkts"},
    {C::bytes_sent,
     "byt bytes bytessent bytessrctodst bytestoserver cli2srvbytes clientbytes doctets "
     "fwdbytes ibyt inbyte inbytes initiatoroctets noctets oct octetdeltacount octets "
     "octettotalcount origbytes sbytes sourcebytes srcbytes totallengthoffwdpacket "
     "totallengthoffwdpackets totlenfwdpkts"},
    {C::bytes_received,
     "bwdbytes bytesdsttosrc bytesreceived bytestoclient dbytes destinationbytes "
     "dstbytes obyt outbyte outbytes respbytes responderoctets reverseoctetdeltacount "
     "reverseoctettotalcount roct serverbytes srv2clibytes totallengthofbwdpacket "
     "totallengthofbwdpackets totlenbwdpkts"},
    {C::bytes_total, "networkbytes totalbytes totbytes"},
    {C::flags, "flags flg tcpcontrolbits tcpflags"},
    {C::flags_sent, "clienttcpflags srctcpflags"},
    {C::flags_received, "dsttcpflags reversetcpcontrolbits servertcpflags"},
    {C::count, "aggrflows deltaflowcount fl flowcount flows nflows"},
    {C::icmp_type, "icmptype icmptypeipv4 itype"},
    {C::icmp_code, "icmpcode icmpcodeipv4 icode"},
    {C::tos, "dscp ipclassofservice srctos stos tos"},
    {C::vlan, "srcvlan svln vlan vlanid"},
    {C::input,
     "iinput in indexin ingressinterface iniface ininterface input inputinterface "
     "inputinterfaceid inputsnmp"},
    {C::output, "egressinterface out outiface outinterface output outputinterface outputsnmp"},
    {C::other, "asrc bgpsourceasnumber sas sourceas srcas srcasn"},
    {C::other, "adst bgpdestinationasnumber das destinationas dstas dstasn"},
    {C::next_hop,
     "ip4nexthop ip6nexthop ipnexthop ipnexthopipv4address ipv4nexthop nexthop nextip "
     "nh nhip"},
    {C::exporter,
     "exaddr exporter exporteraddress exporterip exporteripaddress exporteripv4address "
     "ip4router ip6router peeripsrc peersrcip ra routerip sampleraddress samplerip"},
    {C::sampling, "sampled samplinginterval samplingrate"},
    {C::app,
     "app application applicationname appname l7proto l7protocol l7protoname ndpiproto "
     "networkprotocol service silkapplabel"},
    {C::state, "connstate state"},
    {C::action, "action eventaction"},
    {C::status, "logstatus"},
    {C::end_reason, "endreason flowendreason"},
    {C::direction, "dir direction flowdirection networkdirection type"},
    {C::community_id, "communityid networkcommunityid"},
    {C::uid, "connectionid flid flowid uid"},
    {C::sensor, "observername observernamename sensor sensorid"},
    {C::other,
     "accountid af al applatency attributes bgpnextip bpp bps cl class clientlatency "
     "cnt dcc destmacaddress dload dloss dmeansz dmk dsthostcountry dstmac dstmask "
     "dsttos dstvlan dtcpb dtos dttl dvln eng engine etype exid exporterid exportsysid "
     "fwd fwdstatus idmc iflags initialflags inittialflags interfaceid ismc isn label "
     "mpls1 mpls10 mpls2 mpls3 mpls4 mpls5 mpls6 mpls7 mpls8 mpls9 nextas nhb odmc osmc "
     "pps prevas received riflags risn rtag rtt ruflags samplername scc serverlatency "
     "sessionflags sl sload sloss smeansz smk srchostcountry srcmac srcmacaddress "
     "srcmask stcpb sttl tag tr uflags version"},
};

using Entry = std::pair<std::string_view, C>;

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = [] {
    std::vector<Entry> entries;
    for (const Synonyms& synonyms : kSynonyms) {
      std::string_view words = synonyms.words;
      while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        entries.emplace_back(words.substr(0, end), synonyms.column);
        words.remove_prefix(std::min(end + 1, words.size()));
      }
    }
    std::sort(entries.begin(), entries.end());
    return entries;
  }();
  return all;
}

constexpr std::size_t kLongestName = 64;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

constexpr std::pair<std::string_view, std::uint8_t> kProtocols[] = {
    {"ah", 51},    {"esp", 50},      {"gre", 47},      {"hopopt", 0}, {"icmp", 1},
    {"icmp6", 58}, {"icmpv6", 58},   {"igmp", 2},      {"ipip", 4},   {"ipencap", 4},
    {"ipv6", 41},  {"ipv6icmp", 58}, {"ipv6frag", 44}, {"ospf", 89},  {"ospfigp", 89},
    {"pim", 103},  {"sctp", 132},    {"tcp", 6},       {"udp", 17},   {"udplite", 136},
    {"unas", 0},   {"vrrp", 112},    {"rsvp", 46},     {"eigrp", 88}, {"l2tp", 115},
};

// Lower-case letters and digits alone; empty when that is too long to be a name.
std::string bare(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (is_word(lower(c))) out.push_back(lower(c));
    if (out.size() > kLongestName) return {};
  }
  return out;
}

}  // namespace

FlowColumn flow_column(std::string_view name) {
  const std::string word = bare(name);
  const auto& all = entries();
  const auto found = std::lower_bound(all.begin(), all.end(), Entry(word, C::unknown));
  return found != all.end() && found->first == word ? found->second : C::unknown;
}

std::string_view flow_column_word(FlowColumn column) {
  static constexpr std::string_view kWords[] = {
      "unknown",       "other",        "begin",
      "end",           "duration_s",   "duration_ms",
      "duration_us",   "duration_ns",  "client",
      "server",        "client_port",  "server_port",
      "protocol",      "packets_sent", "packets_received",
      "packets_total", "bytes_sent",   "bytes_received",
      "bytes_total",   "flags_sent",   "flags_received",
      "flags",         "count",        "icmp_type",
      "icmp_code",     "tos",          "vlan",
      "input",         "output",       "next_hop",
      "exporter",      "sampling",     "app",
      "state",         "action",       "status",
      "end_reason",    "direction",    "community_id",
      "uid",           "sensor",
  };
  static_assert(std::size(kWords) == static_cast<std::size_t>(C::sensor) + 1);
  return kWords[static_cast<std::size_t>(column)];
}

std::optional<std::uint8_t> flow_protocol(std::string_view text) {
  if (const auto number = parse_number<std::uint8_t>(text)) return number;
  const std::string word = bare(text);
  for (const auto& [name, number] : kProtocols) {
    if (name == word) return number;
  }
  return std::nullopt;
}

}  // namespace assay
