/**
 * A primary that was demoted keeps its clients, and refuses each of their writes: only a new connection finds out where the name leads.
 * Redis before 7 quotes the refusal within the script's own error.
 */
export const isReadOnly = ({ message }: Error): boolean => /\bREADONLY\b/.test(message);
