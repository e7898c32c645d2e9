import { type FormEvent, type Ref, useEffect, useState } from 'react';
import { Icon } from '../ui/Icon';

const EXAMPLES = ['status:open', 'priority:urgent', 'assignee:me', 'assignee:none', 'is:unanswered', 'created:today'];

/** Words, and filters that people write into the text: see docs/api.md, "Filters in the text". */
export function SearchBox(props: { ref: Ref<HTMLInputElement>; query: string; onSearch(text: string): void }) {
  const { ref, query, onSearch } = props;
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);

  function submit(event: FormEvent) {
    event.preventDefault();
    onSearch(text.trim());
  }

  return (
    <search>
      <form className="search" onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={ref}
          type="search"
          value={text}
          maxLength={200}
          placeholder="Search, or status:open assignee:me"
          aria-label="Search tickets"
          list="search-filters"
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value === '') onSearch('');
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        <datalist id="search-filters">
          {EXAMPLES.map((example) => (
            <option key={example} value={example} />
          ))}
        </datalist>
      </form>
    </search>
  );
}
