import type { files as english } from '../en/files';

export const files: Record<keyof typeof english, string> = {
  error_file_lost: 'dieser Browser hat die Datei verloren',
  error_too_large: 'die Datei ist zu groß für diesen Server',
  error_unsupported_type: 'der Server nimmt diese Art Datei nicht an',
  error_no_file: 'der Server hat die Datei verloren',
  error_quota: 'für deine Dateien ist kein Platz mehr',
  error_needs_account: 'dafür braucht es ein Konto',
};
