/** How models fill in the middle: which of their tokens mean what, and in which order they want the pieces. */

import { FILL_FAMILIES, type FillFamily } from '../fillTokens';
import type { FillLayout, Unsupported } from '../model';

/** What has to be known of a vocabulary; works on a loaded model and on a file's metadata alike. */
export interface Vocabulary {
	/** Tokens in all. */
	readonly size: number;
	readonly architecture: string;
	/** Token for the beginning of a text, where the model wants one. */
	readonly begin: number | undefined;
	/** Tokens that end a text or a turn. */
	readonly ends: readonly number[];
	/** The token that is written exactly so. */
	find(text: string): number | undefined;
	text(token: number): string | undefined;
	/** Number under a key of the file's metadata, for example `tokenizer.ggml.fim_pre_token_id`. */
	number(key: string): number | undefined;
}

/** How a model wants to be asked to fill in the middle. Part of the frozen prompt format. */
export interface FillFormat extends FillLayout {
	readonly type: 'fill';
	readonly family: string;
	readonly source: 'metadata' | 'vocabulary';
	/** What the model was trained to write after the middle; undefined where nothing in its vocabulary ends a text. */
	readonly end: number | undefined;
	/** Generation ends at any of these. */
	readonly stops: readonly number[];
}

/** Keys of GGUF, today's first; llama.cpp reads both. */
const KEYS = {
	prefix: ['tokenizer.ggml.fim_pre_token_id', 'tokenizer.ggml.prefix_token_id'],
	suffix: ['tokenizer.ggml.fim_suf_token_id', 'tokenizer.ggml.suffix_token_id'],
	middle: ['tokenizer.ggml.fim_mid_token_id', 'tokenizer.ggml.middle_token_id'],
	pad: ['tokenizer.ggml.fim_pad_token_id'],
	repository: ['tokenizer.ggml.fim_rep_token_id'],
	file: ['tokenizer.ggml.fim_sep_token_id'],
} as const;

/** The format from the file's own metadata, else from its vocabulary by name, else why there is none. */
export function describeFill(vocabulary: Vocabulary): FillFormat | Unsupported {
	const named = (keys: readonly string[]) =>
		keys
			.map((key) => vocabulary.number(key))
			.find((id) => id !== undefined && Number.isInteger(id) && id >= 0 && id < vocabulary.size);
	const prefix = named(KEYS.prefix);
	const suffix = named(KEYS.suffix);
	if (prefix !== undefined && suffix !== undefined && prefix !== suffix) {
		const family = familyOf(vocabulary, prefix);
		const middle = named(KEYS.middle) ?? find(vocabulary, family?.middle ?? []);
		return format(vocabulary, family, 'metadata', {
			prefix,
			suffix,
			middle,
			repository: named(KEYS.repository),
			file: named(KEYS.file),
			pad: named(KEYS.pad),
		});
	}
	for (const family of FILL_FAMILIES) {
		const ids = { prefix: find(vocabulary, family.prefix), suffix: find(vocabulary, family.suffix) };
		const middle = find(vocabulary, family.middle);
		const isWhole = middle !== undefined || family.middle.length === 0;
		if (ids.prefix !== undefined && ids.suffix !== undefined && isWhole && admits(vocabulary, family)) {
			return format(vocabulary, family, 'vocabulary', {
				prefix: ids.prefix,
				suffix: ids.suffix,
				middle,
				repository: undefined,
				file: undefined,
				pad: undefined,
			});
		}
	}
	return {
		type: 'unsupported',
		reason:
			'This model has no tokens for filling in the middle: it was not trained to complete between two pieces of code.',
	};
}

interface Tokens {
	readonly prefix: number;
	readonly suffix: number;
	readonly middle: number | undefined;
	readonly repository: number | undefined;
	readonly file: number | undefined;
	readonly pad: number | undefined;
}

function format(
	vocabulary: Vocabulary,
	family: FillFamily | undefined,
	source: FillFormat['source'],
	tokens: Tokens,
): FillFormat {
	const repository = tokens.repository ?? find(vocabulary, [family?.repository ?? '']);
	const file = tokens.file ?? find(vocabulary, [family?.file ?? '']);
	const end = find(vocabulary, family?.end ?? []) ?? vocabulary.ends[0];
	const stops = [
		tokens.prefix,
		tokens.suffix,
		tokens.middle,
		tokens.pad,
		repository,
		file,
		end,
		...(family?.stops ?? []).map((text) => vocabulary.find(text)),
		...vocabulary.ends,
	];
	return {
		type: 'fill',
		family: family?.name ?? 'unknown',
		source,
		// Without a middle token nothing but the prefix can stand last.
		order: tokens.middle === undefined ? 'suffix-first' : (family?.order ?? 'prefix-first'),
		begin: vocabulary.begin,
		prefix: tokens.prefix,
		suffix: tokens.suffix,
		middle: tokens.middle,
		repository,
		repositoryEnd: family?.repositoryEnd ?? '',
		file,
		prefixLead: family?.prefixLead ?? '',
		fileHeader: family?.fileHeader ?? 'comment',
		end,
		stops: [...new Set(stops.filter((token) => token !== undefined))],
	};
}

/** The tokens of a format as the vocabulary writes them. */
export function writtenLayout(format: FillLayout, vocabulary: Pick<Vocabulary, 'text'>): FillLayout<string> {
	const { order, repositoryEnd, prefixLead, fileHeader } = format;
	const text = (token: number) => vocabulary.text(token) ?? `<${token}>`;
	const optional = (token: number | undefined) => (token === undefined ? undefined : text(token));
	return {
		order,
		begin: optional(format.begin),
		prefix: text(format.prefix),
		suffix: text(format.suffix),
		middle: optional(format.middle),
		repository: optional(format.repository),
		repositoryEnd,
		file: optional(format.file),
		prefixLead,
		fileHeader,
	};
}

function familyOf(vocabulary: Vocabulary, prefix: number): FillFamily | undefined {
	const text = vocabulary.text(prefix) ?? '';
	return FILL_FAMILIES.find((family) => family.prefix.includes(text) && admits(vocabulary, family));
}

function admits(vocabulary: Vocabulary, { only }: FillFamily): boolean {
	const hasToken = only?.token === undefined || vocabulary.find(only.token) !== undefined;
	return hasToken && vocabulary.architecture.startsWith(only?.architecture ?? '');
}

function find(vocabulary: Vocabulary, texts: readonly string[]): number | undefined {
	return texts
		.map((text) => (text === '' ? undefined : vocabulary.find(text)))
		.find((id) => id !== undefined);
}
