/** Finds in a text what looks like a key or a password, by our own rules alone: pure, and quick enough for each suggestion. */

import { SECRET_RULES } from './secretRules';

interface SecretPlace {
	/** Name of the rule. */
	readonly rule: string;
	/** UTF-16 units: where the match starts, such as at the name of a variable. */
	readonly start: number;
	/** Where the secret itself starts. */
	readonly secretStart: number;
	/** Behind the secret itself. */
	readonly end: number;
}

/** All places, rule by rule; empty = none. Says where, never what. */
export function secretsIn(text: string): readonly SecretPlace[] {
	return SECRET_RULES.flatMap((rule) =>
		[...text.matchAll(rule.pattern)].flatMap((match) => {
			const [whole, group] = match;
			const secret = group ?? whole;
			const isSecret =
				group === undefined
					? !FILLED.test(secret)
					: !isPlaceholder(secret, whole) && (rule.entropy === undefined || isRandom(secret, rule.entropy));
			const secretStart = match.index + whole.lastIndexOf(secret);
			return isSecret
				? [{ rule: rule.name, start: match.index, secretStart, end: secretStart + secret.length }]
				: [];
		}),
	);
}

/** Documentation writes keys like these. */
const FILLED = /example|x{6}|0{8}|\*{4}|123456789|abcdefghij/i;
const PLACEHOLDER_WORDS =
	/placeholder|change[-_]?(?:me|it)|replace[-_]?me|your|dummy|sample|redacted|insert|fake|mock|test|todo|\*{3}|^(?:pass(?:w(?:or)?d)?|pwd|secret|token|key|user(?:name)?|root|admin)\d{0,4}$/i;
/** Filled in when the program runs. */
const VARIABLE = /\$\{|\{\{|#\{|%[sd(]|^<.*>$|^[$%]\w+%?$|^\{[\w.]*\}$|\b(?:process|os)\.env|getenv/;

/** @param whole the match around the secret, such as a URL whose user is called like its password. */
function isPlaceholder(secret: string, whole: string): boolean {
	return (
		FILLED.test(secret) ||
		PLACEHOLDER_WORDS.test(secret) ||
		VARIABLE.test(secret) ||
		whole.includes(`//${secret}:${secret}@`) ||
		/@example\.(?:com|net|org)$/.test(whole)
	);
}

function isRandom(text: string, least: number): boolean {
	return entropy(text) >= least && !isWords(text);
}

/** `reset-token.expired`, `accountRecovery`, `/oauth2/token`: names, not random characters. */
function isWords(text: string): boolean {
	const word = text.includes('/') ? /^(?:[A-Z]?[a-z]+|[A-Z]+)?\d{0,2}$/ : /^(?:[A-Z]?[a-z]+|[A-Z]+)$/;
	const parts = text
		.replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4')
		.split(/[\s._:/#@-]+/)
		.filter((part) => part !== '');
	return (
		parts.some((part) => part.length >= 4) &&
		parts.every((part) => word.test(part) && (part.length < 4 || /[aeiouy]/i.test(part)))
	);
}

/** Shannon's, in bits a character. */
export function entropy(text: string): number {
	const counts = new Map<string, number>();
	for (const character of text) {
		counts.set(character, (counts.get(character) ?? 0) + 1);
	}
	const total = [...text].length;
	let bits = 0;
	for (const count of counts.values()) {
		bits -= (count / total) * Math.log2(count / total);
	}
	return bits;
}
