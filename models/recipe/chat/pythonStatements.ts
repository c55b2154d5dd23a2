/** What a logical line of Python does, as a clause in the third person; only forms that its start decides. */

import { counted, quoted } from './draw';
import { type LogicalLine, separated } from './pythonText';
import { names } from './values';

/** Undefined where nothing short and true can be said, and for headers of blocks that belong to another line. */
export function pythonClause(line: LogicalLine): string | undefined {
	const { text, masked } = line;
	const parts = (pattern: RegExp) => pattern.exec(text)?.slice(1);
	const at = (pattern: RegExp, say: (...parts: string[]) => string | undefined) => {
		const found = parts(pattern);
		return found === undefined ? undefined : say(...found);
	};
	if (masked.includes(';')) {
		return undefined;
	}
	if (
		/^(?:@|elif\b|else\b|except\b|finally\b|async\b|case\b|match\b|global\b|nonlocal\b|print\s)/.test(masked)
	) {
		return undefined;
	}
	return (
		at(/^import (.+)$/, (what = '') => after('imports', names(what.split(',').map((one) => one.trim())))) ??
		at(/^from (\S+) import \(?([^()]+)\)?$/, (from = '', what = '') =>
			what.trim() === '*'
				? after('imports everything from', quoted(from))
				: after('imports', names(what.split(',').map((one) => one.trim())), 'from', quoted(from)),
		) ??
		at(/^return$/, () => 'returns `None`') ??
		at(/^return (.+)$/, (value = '') => after('returns', pythonValue(value))) ??
		at(/^raise (\w[\w.]*)(?:\(|$)/, (name = '') => after('raises', quoted(name))) ??
		at(/^for (.+?) in (.+):$/, (name = '', list = '') =>
			after('loops over', quoted(list), 'as', quoted(name)),
		) ??
		at(/^while (.+):$/, (test = '') => after('repeats its block as long as', quoted(test), 'holds')) ??
		at(/^if (.+):$/, (test = '') => after('runs its block if', quoted(test), 'holds')) ??
		at(/^with (.+):$/, (what = '') => after('runs its block with', quoted(what), 'open')) ??
		at(/^try:$/, () => 'tries its block') ??
		at(/^assert (.+?)(?:, .*)?$/, (test = '') => after('checks that', quoted(test), 'holds')) ??
		at(/^del (.+)$/, (what = '') => after('deletes', quoted(what))) ??
		at(/^class (\w+)(?:\(([^()]*)\))?:$/, (name = '', bases = '') =>
			bases.trim() === ''
				? after('declares the class', quoted(name))
				: after('declares the class', quoted(name), 'that extends', quoted(bases)),
		) ??
		at(/^def (\w+)\(/, (name = '') => after('defines the function', quoted(name))) ??
		assignment(line) ??
		call(text, masked)
	);
}

function after(...parts: readonly (string | undefined)[]): string | undefined {
	return parts.includes(undefined) ? undefined : parts.join(' ');
}

function assignment({ text, masked }: LogicalLine): string | undefined {
	const found = /^([A-Za-z_][\w.]*(?:\[[^[\]]*\])?)(: *[^=]+?)? *(\+|-)?= *(?!=)/.exec(masked);
	const [head = '', , , sign] = found ?? [];
	if (found === null || masked.slice(head.length).match(/^[^([{]*(?<![=!<>])=(?!=)/)) {
		return undefined;
	}
	const target = quoted(text.slice(0, found[1]?.length));
	const value = pythonValue(text.slice(head.length));
	return sign === '+'
		? after('adds', value, 'to', target)
		: sign === '-'
			? after('takes', value, 'from', target)
			: after('sets', target, 'to', value);
}

function call(text: string, masked: string): string | undefined {
	const [, name] = /^([A-Za-z_][\w.]*)\([^()]*\)$/.exec(masked) ?? [];
	if (name === undefined) {
		return undefined;
	}
	const inner = [name.length + 1, -1] as const;
	const given = separated(masked.slice(...inner), text.slice(...inner));
	if (given.length === 0) {
		return after('calls', quoted(name), 'without arguments');
	}
	return after('calls', quoted(name), 'with', names(given) ?? counted(given.length, 'argument'));
}

/** A noun phrase for an expression. */
export function pythonValue(code: string): string | undefined {
	const text = code.trim();
	if (/^[-+]?\d[\d_.]*$/.test(text)) {
		return after('the number', quoted(text));
	}
	if (/^[rbu]?(?:"[^"\\]*"|'[^'\\]*')$/i.test(text)) {
		return after(text.startsWith('b') ? 'the bytes' : 'the text', quoted(text));
	}
	if (/^f(?:"[^"\\]*"|'[^'\\]*')$/.test(text)) {
		return after('the text that the f-string gives:', quoted(text));
	}
	if (text === '[]' || text === '{}' || text === '()') {
		return { '[]': 'an empty list', '{}': 'an empty dictionary', '()': 'an empty tuple' }[text];
	}
	if (/^[A-Za-z_][\w.]*$/.test(text)) {
		return quoted(text);
	}
	const [, name] = /^([A-Za-z_][\w.]*)\([^()]*\)$/.exec(text) ?? [];
	return name === undefined
		? after('the value of', quoted(text))
		: after('the result of calling', quoted(name));
}
