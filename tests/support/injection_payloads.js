// SQL injection payloads for text arguments. They call `public.spring()`, which advances a
// sequence: that remains visible even if the transaction is rolled back.

const SPRINGING = [
  `' || public.spring() || '`,
  `'||(select public.spring())||'`,
  `' or public.spring() is not null --`,
  `' or public.spring() is not null /*`,
  `') or public.spring() is not null --`,
  `')) or public.spring() is not null --`,
  `'/**/or/**/public.spring()is/**/not/**/null--`,
  `'; select public.spring(); --`,
  `'); select public.spring(); --`,
  `';\nselect public.spring();\n--`,
  `' union select public.spring() --`,
  `' union all select null, public.spring(), null --`,
  `' and 1 = (select 1 from public.spring()) --`,
  `1; select public.spring()`,
  `1 or public.spring() is not null`,
  `(select public.spring())`,
  `public.spring()`,
  `"public"."spring"()`,
  `cast(public.spring() as int)`,
  `$1 || public.spring()`,
  `$$; select public.spring(); $$`,
  `$x$ || public.spring() || $x$`,
  `\\'; select public.spring(); --`,
  `\\\\'; select public.spring(); --`,
  `E'\\'' || public.spring() || '`,
  `U&'\\0027' || public.spring()`,
  `\\u0027 || public.spring() --`,
  `\\x27 || public.spring() --`,
  `%27 || public.spring() --`,
  `chr(39) || public.spring() --`,
  `\u02bc || public.spring() --`,
  `\uff07 or public.spring() is not null --`,
  `\u2019 or public.spring() is not null --`,
  `%s %I %L' || public.spring() || '`,
  `%' or public.spring() is not null --`,
  `" || public.spring() || "`,
  `"; select public.spring(); --`,
  `", public.spring(), "`,
  '`public.spring()`',
  `\${public.spring()} {{public.spring()}} #{public.spring()} <%= public.spring() %>`,
  `do $$ begin perform public.spring(); end $$`,
  `'; copy (select public.spring()) to program 'true'; --`,
];

/** If executed, these run into the statement timeout. */
const SLEEPING = [
  `'; select pg_sleep(60); --`,
  `' || pg_sleep(60) || '`,
  `pg_sleep(60)`,
  `' or 1 = (select 1 from pg_sleep(60)) --`,
  `1; waitfor delay '60'`,
];

const BREAKING = [
  `'`,
  `''`,
  `"`,
  `\\`,
  `\\'`,
  `--`,
  `/*`,
  `*/`,
  `;`,
  `' or '1'='1`,
  `'; drop table helpdesk.tickets; --`,
  `'; delete from helpdesk.org_members; commit; --`,
  `'; rollback; --`,
  `$1 $2 $99 :name ? @p1`,
  `%s %I %L %1$s %n %% %`,
  `%`,
  `_`,
  `\\%`,
  `.*`,
  `(a+)+$`,
  `[`,
  `(((((((((((((((((((((((((`,
  `\\1\\2(?i)(?=x)`,
  `{"$ne": null}`,
  `{"a": [1, 2`,
  `[]`,
  `null`,
  `NaN`,
  `-1`,
  `1e309`,
  `infinity`,
  `../../../../etc/passwd`,
  `<script>alert(1)</script>`,
  `\u202e\u200b\ufeff\u00ad`,
  `\u{1F469}\u200D\u{1F469}\u200D\u{1F467}`,
  `\ufffd\uffff\u{10ffff}`,
  `\t\r\n\u0001\u007f\u0085`,
];

export const INJECTIONS = [...SPRINGING, ...SLEEPING, ...BREAKING];

/** Creates public.spring(). Returns a function that reports whether it was ever called. */
export async function installTrap(db) {
  await db.sql(`
    create sequence public.sprung;
    grant usage on sequence public.sprung to public;
    create function public.spring() returns text language sql volatile as $$ select nextval('public.sprung')::text $$;`);
  return () => db.value('select is_called from public.sprung');
}
