/** How often files are drawn, so that no language and no folder drowns the others: all languages stay. */

import { languageOf } from './languages';
import type { AuditedFile } from './verdict';

/** Share of the text that one language, or one folder at the top of a repository, has at most of what is drawn. */
export const MOST_SHARE = 0.7;
/** With more than this share of the text, it is what the repository is written in, and stays as it is. */
export const WHOLE_SHARE = 0.9;
/** Exponent of a language's share: below 1, small languages are drawn more often than they would be. */
export const TEMPERATURE = 0.7;
/** Nothing is drawn more often than this, or less often than the inverse of it: it lifts a tenth to what the cap leaves. */
export const MOST_WEIGHT = 3;

/** The files with a weight on each that is in. */
export function balanced(files: readonly AuditedFile[]): readonly AuditedFile[] {
	const languages = new Tally();
	const folders = new Tally();
	for (const file of files) {
		if (file.verdict.type === 'in') {
			languages.add(languageOf(file.path), file.verdict.characters);
			folders.add(topFolder(file), file.verdict.characters);
		}
	}
	const byLanguage = languages.weights(TEMPERATURE);
	const byFolder = folders.weights(1);
	const weightOf = (file: AuditedFile) =>
		(byLanguage.get(languageOf(file.path)) ?? 1) * (byFolder.get(topFolder(file)) ?? 1);
	let drawn = 0;
	let all = 0;
	for (const file of files) {
		if (file.verdict.type === 'in') {
			drawn += weightOf(file) * file.verdict.characters;
			all += file.verdict.characters;
		}
	}
	return files.map((file) => {
		if (file.verdict.type !== 'in') {
			return file;
		}
		const exact = drawn === 0 ? 1 : (weightOf(file) * all) / drawn;
		const weight = Number(Math.min(MOST_WEIGHT, Math.max(1 / MOST_WEIGHT, exact)).toFixed(3));
		return file.verdict.weight === weight ? file : { ...file, verdict: { ...file.verdict, weight } };
	});
}

/** The folder at the top of the repository that a file lies in, as one word for each repository; its root for others. */
function topFolder({ repository, path }: AuditedFile): string {
	const slash = path.indexOf('/');
	return `${repository}/${slash < 0 ? '' : path.slice(0, slash)}`;
}

/** Characters by group. */
class Tally {
	private readonly characters = new Map<string, number>();

	add(group: string, characters: number): void {
		this.characters.set(group, (this.characters.get(group) ?? 0) + characters);
	}

	/** What each group's share of the text is multiplied by. */
	weights(exponent: number): ReadonlyMap<string, number> {
		const all = [...this.characters.values()].reduce((sum, one) => sum + one, 0);
		// A file that was taken in by hand may be empty.
		const shares = [...this.characters]
			.filter(([, one]) => one > 0)
			.map(([group, one]) => ({ group, share: one / all }));
		const raised = shares.map(({ group, share }) => ({ group, share, wanted: share ** exponent }));
		const sum = raised.reduce((total, { wanted }) => total + wanted, 0);
		const wanted = raised.map((one) => ({ ...one, wanted: one.wanted / sum }));
		const largest = wanted.reduce<(typeof wanted)[number] | undefined>(
			(most, one) => (most === undefined || one.share > most.share ? one : most),
			undefined,
		);
		const isTooMuch =
			largest !== undefined &&
			largest.wanted > MOST_SHARE &&
			largest.share <= WHOLE_SHARE &&
			wanted.length > 1;
		return new Map(
			wanted.map((one) => {
				const capped = !isTooMuch
					? one.wanted
					: one === largest
						? MOST_SHARE
						: (one.wanted * (1 - MOST_SHARE)) / (1 - largest.wanted);
				return [one.group, capped / one.share];
			}),
		);
	}
}
