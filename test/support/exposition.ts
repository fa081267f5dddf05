/** Reads the Prometheus text format strictly enough to see what a scraper would refuse. */
export function exposition(text: string): {
  families: Map<string, { help: number; type: number }>;
  sum: (name: string, labels: Record<string, string>) => number;
} {
  const families = new Map<string, { help: number; type: number }>();
  const samples = new Map<string, { name: string; labels: Record<string, string>; value: number }>();
  for (const line of text.split('\n').filter((l) => l !== '')) {
    const comment = /^# (HELP|TYPE) (\S+) /.exec(line);
    if (comment) {
      const family = families.get(comment[2]!) ?? { help: 0, type: 0 };
      families.set(comment[2]!, family);
      family[comment[1] === 'HELP' ? 'help' : 'type'] += 1;
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample) throw new Error(`no line of the exposition format: ${line}`);
    const key = line.slice(0, line.lastIndexOf(' '));
    if (samples.has(key)) throw new Error(`sample given twice: ${key}`);
    const labels = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      (m) => [m[1]!, m[2]!] as const,
    );
    samples.set(key, { name: sample[1]!, labels: Object.fromEntries(labels), value: Number(sample[3]) });
  }
  return {
    families,
    sum: (name, wanted) =>
      [...samples.values()]
        .filter(
          (s) =>
            s.name === name && Object.entries(wanted).every(([label, value]) => s.labels[label] === value),
        )
        .reduce((total, s) => total + s.value, 0),
  };
}
