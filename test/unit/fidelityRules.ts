/**
 * The rules of our specification of AWS's behaviour that concern local Lambda, by section: how many there are, numbered from
 * 1, or their numbers. The specification is not in this repository; `docs/fidelity.md` says of each rule what became of it.
 */
const sections: Readonly<Record<string, number | readonly string[]>> = {
  '1.1': 3,
  '1.2': 13,
  '1.3': 5,
  '1.4': 18,
  '1.5': 1,
  '2.1': 6,
  '2.2': 8,
  '2.3': 6,
  '2.4': 10,
  '2.5': 6,
  '2.6': 9,
  '3.1': 6,
  '3.2': 4,
  '3.3': 5,
  '3.4': 5,
  '4.1': 4,
  '4.2': 6,
  '4.3': 2,
  '4.4': 2,
  '4.5': 2,
  '4.6': 4,
  '5.1': 16,
  '5.2': 6,
  '5.3': 3,
  '5.4': 19,
  '5.5': 14,
  '5.6': ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '14b', '15', '16', '17'],
  '5.7': 5,
  '5.8': 17,
  '5.9': 4,
  '5.10': 6,
  '6.1': 1,
  '6.2': 9,
  '6.3': 13,
  '7': 15,
  '9': 12,
};

/** Every rule, as `SECTION/NUMBER`, in order. */
export const fidelityRules: readonly string[] = Object.entries(sections)
  .flatMap(([section, rules]) =>
    (typeof rules === 'number' ? Array.from({ length: rules }, (_, index) => String(index + 1)) : rules).map(
      (number) => [section, number] as const,
    ),
  )
  .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  .map(([section, number]) => `${section}/${number}`);
