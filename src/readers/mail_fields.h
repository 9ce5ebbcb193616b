// The fields that records of mail servers have, looked up once.
#pragma once

#include "assay/record.h"

namespace assay {

struct MailFields {
#define ASSAY_FIELD(word) FieldId word = field_id(#word)
  ASSAY_FIELD(action);
  ASSAY_FIELD(auth_method);
  ASSAY_FIELD(auth_user);
  ASSAY_FIELD(app_protocol);
  ASSAY_FIELD(client_name);
  ASSAY_FIELD(client_name_unverified);
  ASSAY_FIELD(command);
  ASSAY_FIELD(connector);
  ASSAY_FIELD(delay_seconds);
  ASSAY_FIELD(delays);
  ASSAY_FIELD(direction);
  ASSAY_FIELD(enhanced_code);
  ASSAY_FIELD(envelope_from);
  ASSAY_FIELD(error);
  ASSAY_FIELD(event);
  ASSAY_FIELD(event_id);
  ASSAY_FIELD(helo);
  ASSAY_FIELD(host);
  ASSAY_FIELD(mailer);
  ASSAY_FIELD(message_id);
  ASSAY_FIELD(message_size);
  ASSAY_FIELD(milter);
  ASSAY_FIELD(orig_recipient);
  ASSAY_FIELD(part);
  ASSAY_FIELD(priority);
  ASSAY_FIELD(program);
  ASSAY_FIELD(queue_id);
  ASSAY_FIELD(queue_id_next);
  ASSAY_FIELD(queue_id_previous);
  ASSAY_FIELD(reason);
  ASSAY_FIELD(recipient);
  ASSAY_FIELD(recipient_count);
  ASSAY_FIELD(relay);
  ASSAY_FIELD(relay_address);
  ASSAY_FIELD(relay_port);
  ASSAY_FIELD(reply_text);
  ASSAY_FIELD(return_path);
  ASSAY_FIELD(server_name);
  ASSAY_FIELD(software);
  ASSAY_FIELD(source);
  ASSAY_FIELD(source_address);
  ASSAY_FIELD(source_context);
  ASSAY_FIELD(spam_action);
  ASSAY_FIELD(spam_score);
  ASSAY_FIELD(spam_symbols);
  ASSAY_FIELD(spam_threshold);
  ASSAY_FIELD(status);
  ASSAY_FIELD(step);
  ASSAY_FIELD(subject);
  ASSAY_FIELD(tls_cipher);
  ASSAY_FIELD(tls_verify);
  ASSAY_FIELD(tls_version);
  ASSAY_FIELD(sni);
  ASSAY_FIELD(transport);
  ASSAY_FIELD(version);
#undef ASSAY_FIELD
};

inline const MailFields& mail_fields() {
  static const MailFields fields;
  return fields;
}

}  // namespace assay
