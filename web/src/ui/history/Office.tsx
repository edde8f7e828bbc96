import { Fragment } from 'react';
import type { Happening } from '../../sync/roomlog';
import { Name, sentence } from './Notice';
import { tell } from './office';

/** What was done to a room: its name, its settings, its people. Rare, and so it comes later than the page. */
export default function Office({ h }: { h: Happening }) {
  return (
    <>
      {tell(h).map(({ text, parts }, i) => (
        <Fragment key={text}>
          {i > 0 && <span aria-hidden="true"> · </span>}
          <span>{sentence(text, Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, <Name key={key} name={part} />])))}</span>
        </Fragment>
      ))}
    </>
  );
}
