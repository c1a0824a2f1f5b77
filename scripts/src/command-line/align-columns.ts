/** Lines of a table: the first column to the left, the others to the right. */
export const alignColumns = (rows: readonly (readonly string[])[]): string[] =>
  aligned(rows, (cell, column, width) => (column === 0 ? cell.padEnd(width) : cell.padStart(width)));

/** Lines of a table of words: every column to the left. */
export const alignLeft = (rows: readonly (readonly string[])[]): string[] =>
  aligned(rows, (cell, _column, width) => cell.padEnd(width));

type Align = (cell: string, column: number, width: number) => string;

function aligned(rows: readonly (readonly string[])[], align: Align): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => row.map((cell, column) => align(cell, column, widths[column] ?? 0));
  return rows.map((row) => `  ${line(row).join("   ")}`.trimEnd());
}
