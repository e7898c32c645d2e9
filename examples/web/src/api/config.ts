// What the server of the page offers beyond PostgREST. The demo has PostgREST only: its /config.json
// (public/config.json) names no Supabase, so files cannot be uploaded, and changes are polled.

export interface Supabase {
  /** Where Realtime and Storage are, such as https://abc.supabase.co. */
  url: string;
  /** The publishable key of the project. */
  apiKey: string;
  /** The bucket given to enable_storage(); null if there is none. */
  bucket: string | null;
}

export interface Config {
  supabase: Supabase | null;
}

export async function readConfig(): Promise<Config> {
  const answer = await fetch('/config.json');
  if (!answer.ok) throw new Error('/config.json is missing.');
  return answer.json();
}
