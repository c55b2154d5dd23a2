/** Finds secrets in a text by secretlint's rules and by our own, and says which and where, never what. */

import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { secretsIn } from '../../inference/secretText';

interface FoundSecret {
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
	const seen = new Set<string>();
	const own = secretsIn(text).flatMap(({ rule, start }) => {
		if (seen.has(rule)) {
			return [];
		}
		seen.add(rule);
		return [{ rule, line: lineOf(text, start) }];
	});
	const result = await lintSource({
		source: { filePath: NO_PATH, content: text, contentType: 'text', ext: '' },
		options: { config: { rules: SECRETLINT }, maskSecrets: true, noPhysicFilePath: true },
	});
	const theirs = new Map<string, FoundSecret>();
	for (const { ruleId, loc } of result.messages) {
		const rule = ruleId.replace(/^.*secretlint-rule-/, 'secretlint ');
		const known = theirs.get(rule);
		if (known === undefined || loc.start.line < known.line) {
			theirs.set(rule, { rule, line: loc.start.line });
		}
	}
	return [...own, ...theirs.values()];
}

function lineOf(text: string, index: number): number {
	let line = 1;
	for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) {
		line++;
	}
	return line;
}
