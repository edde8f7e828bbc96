export const composer = {
  placeholder: 'Type a message... Hit Enter to Send',
  message_label: 'Message',
  send: 'Send',
  too_long: 'This message is too long. Please shorten it.',
  replying: 'Answering {name}',
  editing: 'Editing your message',
} as const;
