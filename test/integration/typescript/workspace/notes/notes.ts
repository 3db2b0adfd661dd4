interface Note {
  readonly text: string;
}

export async function handler(note: Note): Promise<string>;
export async function handler(note: Note): Promise<string> {
  return note.text.toUpperCase();
}
