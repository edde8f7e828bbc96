import { useMemo, useState } from 'react';
import { shortOf } from '../../i18n/time';
import { Avatar } from '../kit/Avatar';
import { Field } from '../kit/Field';
import { useView } from '../shell/session';
import { ManageMenu } from './Manage';
import { useRows } from './office';
import { List, Row } from './parts';
import { t, type Key } from './texts';

/** Who has an account here, and what can be done about them. */
export function People() {
  const youId = useView((s) => s.you.id);
  const list = useRows('people');
  const [wish, setWish] = useState('');
  const found = useMemo(() => {
    const word = wish.trim().toLocaleLowerCase();
    const fits = (name = '') => name.toLocaleLowerCase().includes(word);
    return word === '' ? list.rows : list.rows.filter((p) => fits(p.name) || fits(p.display));
  }, [list.rows, wish]);
  return (
    <>
      <Field label={t('filter')}>
        {(input) => <input {...input} type="search" value={wish} onInput={(e) => setWish(e.currentTarget.value)} autoComplete="off" dir="auto" />}
      </Field>
      <List list={{ ...list, rows: found }} none={t('none_yet')}>
        {(p) => (
          <Row
            key={p.id}
            face={<Avatar id={p.id} name={p.display ?? p.name} color={p.color} />}
            title={<bdi>{p.display && p.display !== p.name ? `${p.display} (${p.name})` : p.name}</bdi>}
            marks={[t(`role_${p.role}` as Key), p.muted && t('muted'), p.banned && t('banned')]}
            sub={p.seen ? t('seen', { time: shortOf(p.seen) }) : t('never_seen')}
          >
            {p.id !== youId && <ManageMenu person={p} onDone={list.again} />}
          </Row>
        )}
      </List>
    </>
  );
}
