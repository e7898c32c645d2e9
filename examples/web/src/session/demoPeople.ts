// The people of the demo and their access tokens, which only the demo's own server hands out. An
// application signs people in with its sign-in service, such as Supabase Auth, and drops this file.

import { useQuery } from '@tanstack/react-query';

export interface DemoPerson {
  name: string;
  organization: string | null;
  role: 'admin' | 'agent' | 'customer' | null;
  token: string;
}

export interface DemoPeople {
  organizations: { id: string; name: string }[];
  people: DemoPerson[];
}

export function useDemoPeople() {
  return useQuery({
    queryKey: ['demo people'],
    queryFn: async (): Promise<DemoPeople> => {
      const answer = await fetch('/demo/people.json');
      if (!answer.ok) throw new Error('This server has no demo.');
      return answer.json();
    },
    staleTime: 30_000,
  });
}
