export const files = {
  error_file_lost: 'this browser has lost the file',
  error_too_large: 'the file is too large for this server',
  error_unsupported_type: 'the server does not take this kind of file',
  error_no_file: 'the server has lost the file',
  error_quota: 'there is no more room for your files',
  error_needs_account: 'that takes an account',
} as const;
