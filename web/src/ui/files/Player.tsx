import { useEffect, useState } from 'react';

import type { SentFile } from '../../proto/v1';
import { access } from './carry';
import { FileCard } from './FileCard';
import { PlayIcon } from './icons';
import { kindOf } from './kind';
import { localOf } from './local';
import { placeOf } from './place';
import { thumbnailOf, urlOf, useSource } from './source';
import { t } from './words';
import css from './Attachments.module.css';

/** A sound or a film, with the browser's own controls. What it cannot play can still be saved. */
export function Player({ file }: { file: SentFile }) {
  // A guest's is fetched whole, so only when it is wanted.
  const [wanted, want] = useState(access.bearer === '');
  const [failed, fail] = useState(false);
  const film = kindOf(file.type) === 'film';
  const Media = film ? Film : Sound;
  return (
    <div className={css.player}>
      {failed && <p className={css.note}>{t('file_unplayable')}</p>}
      {!failed && wanted && <Media file={file} auto={access.bearer !== ''} onFail={() => fail(true)} />}
      {!failed && !wanted && (
        <button type="button" className={css.start} data-kind={kindOf(file.type)} style={placeOf(file)} onClick={() => want(true)}>
          {film && file.thumbnail && <Still file={file} />}
          <span className={css.disc}>
            <PlayIcon />
          </span>
          <span className="unseen">{t('play', { name: file.name })}</span>
        </button>
      )}
      <FileCard file={file} />
    </div>
  );
}

interface Props {
  file: SentFile;
  /** It was asked for. */
  auto: boolean;
  onFail(): void;
}

function Sound({ file, auto, onFail }: Props) {
  const source = useSource(urlOf(file));
  useEffect(() => {
    if (source === null) onFail();
  }, [source, onFail]);
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- what people send has none
    <audio
      className={css.sound}
      controls
      preload="metadata"
      autoPlay={auto}
      src={source || undefined}
      aria-label={file.alt || file.name}
      onError={onFail}
    />
  );
}

function Film({ file, auto, onFail }: Props) {
  const source = useSource(urlOf(file));
  const poster = useSource(file.thumbnail ? (localOf(file.id) ?? thumbnailOf(file)) : '');
  useEffect(() => {
    if (source === null) onFail();
  }, [source, onFail]);
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- what people send has none
    <video
      className={css.film}
      style={placeOf(file)}
      controls
      playsInline
      preload="metadata"
      autoPlay={auto}
      src={source || undefined}
      poster={poster || undefined}
      aria-label={file.alt || file.name}
      onError={onFail}
    />
  );
}

function Still({ file }: { file: SentFile }) {
  const source = useSource(thumbnailOf(file));
  return source ? <img src={source} alt="" loading="lazy" decoding="async" /> : null;
}
