// Articles are Markdown that staff wrote. What it turns into is sanitized, because a browser would
// run scripts in it.

import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useMemo } from 'react';

/** Neither forms, which could ask for a password, nor styles, which could cover the rest of the page. */
const HARMLESS = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['form', 'button', 'style'],
  FORBID_ATTR: ['style', 'class', 'id', 'name'],
};

export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => DOMPurify.sanitize(marked.parse(text, { async: false }), HARMLESS), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitized above.
  return <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />;
}

/** A snippet of search(), which is escaped text with <mark> around the words that were found. */
export function Snippet({ html }: { html: string }) {
  const safe = useMemo(() => DOMPurify.sanitize(html, { ALLOWED_TAGS: ['mark'], ALLOWED_ATTR: [] }), [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitized above.
  return <span className="snippet" dangerouslySetInnerHTML={{ __html: safe }} />;
}
