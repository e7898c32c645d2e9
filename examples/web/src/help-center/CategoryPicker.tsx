import type { Category } from '@helpdesk/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { createCategory, listCategories } from '../api/articles';
import { useMembership } from '../session/Session';
import { ErrorNote } from '../ui/ErrorNote';

/** The categories of an article, by name. A new one comes into the top of the tree. */
export function CategoryPicker({ chosen, onChange }: { chosen: string[]; onChange(categories: string[]): void }) {
  const { client, org } = useMembership();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const categories = useQuery({ queryKey: ['categories', org.id], queryFn: () => listCategories(client, org.id) });
  const add = useMutation({
    mutationFn: () => createCategory(client, org.id, name.trim()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['categories'] });
      onChange([...chosen, name.trim()]);
      setName('');
    },
  });

  function press(event: KeyboardEvent) {
    if (event.key !== 'Enter') return;
    // Enter would save the article.
    event.preventDefault();
    if (name.trim()) add.mutate();
  }

  return (
    <fieldset className="stack choices">
      <legend>Categories</legend>
      {[...new Set(namesOf(categories.data ?? []))].map((category) => (
        <label key={category} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(category)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, category] : chosen.filter((other) => other !== category))
            }
          />
          {category}
        </label>
      ))}
      <div className="row">
        <input
          aria-label="New category"
          placeholder="New category"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={press}
        />
        <button type="button" disabled={!name.trim() || add.isPending} onClick={() => add.mutate()}>
          Add
        </button>
      </div>
      {add.error && <ErrorNote error={add.error} />}
    </fieldset>
  );
}

const namesOf = (categories: Category[]): string[] => categories.flatMap(({ name, children }) => [name, ...namesOf(children)]);
