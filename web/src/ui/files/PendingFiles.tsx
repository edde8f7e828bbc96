// The files of a message that is not sent yet: as they will look, with how far each is.

import { sizeOf } from '../../i18n/size';
import { useEffect, useState } from 'react';

import type { Attachment } from '../../sync/uploading';
import type { Journey } from '../../sync/uploads';
import { uploads } from './carry';
import { FileName } from './FileName';
import { KindIcon } from './icons';
import { percentOf, useJourney } from './journey';
import { kindOf } from './kind';
import { localOf, remember } from './local';
import { columnsOf, placeOf } from './place';
import { Ring } from './Ring';
import { t } from './words';
import css from './Attachments.module.css';

export function PendingFiles({ files }: { files: readonly Attachment[] }) {
  const pictures = files.filter((f) => kindOf(f.type) === 'picture');
  return (
    <div className={css.files} data-files="pending">
      {pictures.length > 0 && (
        <div className={pictures.length === 1 ? css.alone : css.grid} data-many={columnsOf(pictures.length)}>
          {pictures.map((file) => (
            <Picture key={file.key} file={file} />
          ))}
        </div>
      )}
      {files
        .filter((f) => !pictures.includes(f))
        .map((file) => (
          <Card key={file.key} file={file} />
        ))}
    </div>
  );
}

/** For ears: what the ring shows. */
const wordsOf = (name: string, journey: Journey | null): string =>
  journey?.state === 'sending' ? t('upload_part', { name, percent: percentOf(journey.part) }) : t('upload_wait', { name });

/** The local picture of it; after a reload it is sought in this browser's memory. */
function usePreview(key: string): string {
  const [found, find] = useState('');
  const known = localOf(key);
  useEffect(() => {
    if (known !== undefined) return undefined;
    let wanted = true;
    void uploads.bytesOf(key).then((bytes) => bytes && wanted && find(remember(key, bytes.thumbnail ?? bytes.blob)));
    return () => {
      wanted = false;
    };
  }, [key, known]);
  return known ?? found;
}

function Picture({ file }: { file: Attachment }) {
  const { key, alt, name } = file;
  const journey = useJourney(key);
  const preview = usePreview(key);
  return (
    <div className={css.going} style={placeOf(file)}>
      {preview && <img src={preview} alt={alt || name} draggable={false} />}
      {journey && journey.state !== 'failed' && (
        <span className={css.veil}>
          <Ring part={journey.part} />
          <span className="unseen">{wordsOf(name, journey)}</span>
        </span>
      )}
    </div>
  );
}

function Card({ file }: { file: Attachment }) {
  const { key, name, bytes, type } = file;
  const journey = useJourney(key);
  return (
    <div className={css.card}>
      <span className={css.kind}>
        <KindIcon kind={kindOf(type)} />
      </span>
      <span className={css.words}>
        <FileName name={name} />
        <span className={css.size}>{sizeOf(bytes)}</span>
      </span>
      {journey && journey.state !== 'failed' && <Ring part={journey.part} />}
    </div>
  );
}
