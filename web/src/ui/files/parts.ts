// All that has to do with files and is not needed for the first screen, as one part that is loaded later.

export { Attachments } from './Attachments';
export { AttachButton, DropZone } from './Attach';
export { uploads } from './carry';
export { PendingFiles } from './PendingFiles';
