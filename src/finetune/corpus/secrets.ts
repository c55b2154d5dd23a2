/** Finds secrets in a text by secretlint's rules and by our own, and says which and where, never what. */

import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { SECRET_RULES, type SecretRule } from './secretRules';

export interface FoundSecret {
	/** Name of the rule. */
	readonly rule: string;
	/** From 1. */
	readonly line: number;
}

/** Stands for every file: secretlint's rules read only the text, and nothing of a path need be kept. */
const NO_PATH = 'file';

/** All but the rule that lets comments switch the search off: what may be committed may still not be learned. */
const SECRETLINT = rules
	.filter((rule) => rule.meta.id !== '@secretlint/secretlint-rule-filter-comments')
	.map((rule) => ({ id: rule.meta.id, rule }));

// It keeps every mark of every file for good, and searches them all at each.
secretLintProfiler.mark = () => undefined;

/** The first secret of each rule that matches; empty = none. */
export async function findSecrets(text: string): Promise<readonly FoundSecret[]> {
	const own = SECRET_RULES.flatMap((rule) => {
		const start = firstMatch(text, rule);
		return start === undefined ? [] : [{ rule: rule.name, line: lineOf(text, start) }];
	});
	const result = await lintSource({
		source: { filePath: NO_PATH, content: text, contentType: 'text', ext: '' },
		options: { config: { rules: SECRETLINT }, maskSecrets: true, noPhysicFilePath: true },
	});
	const theirs = result.messages.map((message) => ({
		rule: message.ruleId.replace(/^.*secretlint-rule-/, 'secretlint '),
		line: message.loc.start.line,
	}));
	return [...own, ...theirs];
}

function firstMatch(text: string, rule: SecretRule): number | undefined {
	for (const match of text.matchAll(rule.pattern)) {
		const [whole, group] = match;
		const secret = group ?? whole;
		const isSecret =
			group === undefined
				? !FILLED.test(secret)
				: !isPlaceholder(secret, whole) && (rule.entropy === undefined || isRandom(secret, rule.entropy));
		if (isSecret) {
			return match.index;
		}
	}
	return undefined;
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

function lineOf(text: string, index: number): number {
	let line = 1;
	for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) {
		line++;
	}
	return line;
}
