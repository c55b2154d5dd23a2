/** What a text declares, told by its lines alone: for where no language server answers. */

import type { Lines } from '../cursor';
import type { Declared, DeclaredKind } from './editor';
import { isRelated } from './family';

interface Form {
	/** Groups: `name`, and `word` where it tells the kind. */
	readonly pattern: RegExp;
	readonly kind: DeclaredKind;
}

const NAME = '(?<name>[\\p{L}_$][\\p{L}\\p{N}_$]*)';

/** Compiled when a text of its language is first read: all of them would take milliseconds of every start of the editor. */
function form(kind: DeclaredKind, source: string): Form {
	let compiled: RegExp | undefined;
	return {
		kind,
		get pattern() {
			compiled ??= new RegExp(`^${source}`, 'u');
			return compiled;
		},
	};
}

const SCRIPT = '(?:export\\s+)?(?:default\\s+)?(?:declare\\s+)?';
const JAVA =
	'(?:(?:public|protected|internal|static|abstract|final|sealed|partial|open|data|override|virtual|async|suspend|readonly)\\s+)*';

/** By an ending of the family: declarations of the outermost level, then those of members. */
const LANGUAGES: readonly {
	readonly ending: string;
	readonly outer: readonly Form[];
	readonly inner: readonly Form[];
}[] = [
	{
		ending: 'ts',
		outer: [
			form('function', `${SCRIPT}(?:async\\s+)?function\\s*\\*?\\s*${NAME}`),
			form('container', `${SCRIPT}(?:abstract\\s+)?class\\s+${NAME}`),
			form('shape', `${SCRIPT}(?:const\\s+)?(?:interface|type|enum|namespace)\\s+${NAME}`),
			form('value', `${SCRIPT}(?:const|let|var)\\s+${NAME}`),
			form('value', `(?:module\\.)?exports\\.${NAME}\\s*=`),
		],
		inner: [
			form(
				'function',
				`(?:(?:public|protected|static|override|abstract|async|get|set|\\*)\\s*)*(?!(?:if|for|while|switch|catch|return|function|await|throw)\\b)${NAME}\\s*(?:<[^>]*>)?\\([^;]*(?:\\{|,|\\()$`,
			),
		],
	},
	{
		ending: 'py',
		outer: [
			form('function', `(?:async\\s+)?def\\s+${NAME}`),
			form('container', `class\\s+${NAME}`),
			form('value', `${NAME}\\s*(?::[^=]+)?=[^=]`),
		],
		inner: [form('function', `(?:async\\s+)?def\\s+(?!_[a-z])${NAME}`)],
	},
	{
		ending: 'go',
		outer: [
			form('function', `func\\s+(?:\\([^)]*\\)\\s*)?${NAME}`),
			form('shape', `type\\s+${NAME}`),
			form('value', `(?:const|var)\\s+${NAME}`),
		],
		inner: [],
	},
	{
		ending: 'rs',
		outer: [
			form('function', `(?:pub(?:\\([^)]*\\))?\\s+)?(?:const\\s+|async\\s+|unsafe\\s+)*fn\\s+${NAME}`),
			form('shape', `(?:pub(?:\\([^)]*\\))?\\s+)?(?:struct|enum|type|union)\\s+${NAME}`),
			form('container', `(?:pub(?:\\([^)]*\\))?\\s+)?(?:trait|mod)\\s+${NAME}`),
			form('container', `impl(?:<[^>]*>)?\\s+(?:.*\\sfor\\s+)?${NAME}`),
		],
		inner: [form('function', `(?:pub(?:\\([^)]*\\))?\\s+)?(?:const\\s+|async\\s+)*fn\\s+${NAME}`)],
	},
	...['java', 'cs'].map((ending) => ({
		ending,
		outer: [form('container', `${JAVA}(?:class|interface|record|object|struct|enum|trait)\\s+${NAME}`)],
		inner: [
			form('function', `${JAVA}(?:fun|def)\\s+${NAME}`),
			form(
				'function',
				`(?!return|new|else|throw)${JAVA}[\\p{L}_][\\w<>\\[\\],.? ]*\\s+${NAME}\\s*\\([^;]*(?:\\{|,|\\))$`,
			),
		],
	})),
	{
		ending: 'h',
		outer: [
			form('container', `(?:class|struct|union|namespace|enum(?:\\s+class)?)\\s+${NAME}(?!.*;)`),
			form(
				'function',
				`(?!typedef|return|using|else)[\\p{L}_][\\w:<>,*& ]*[\\s*&]${NAME}\\s*\\([^;{]*(?:\\)|,)`,
			),
			form('value', `#define\\s+${NAME}`),
		],
		inner: [],
	},
	{
		ending: 'rb',
		outer: [form('container', `(?:class|module)\\s+${NAME}`), form('function', `def\\s+(?:self\\.)?${NAME}`)],
		inner: [form('function', `def\\s+(?:self\\.)?${NAME}`)],
	},
];

/** Lines that are looked at; what is declared further down is seldom imported. */
const MOST_LINES = 3_000;

/** From top to bottom; empty for languages that are not known. Costs a few microseconds a line. */
export function outline(lines: Lines, path: string): readonly Declared[] {
	const language = LANGUAGES.find(({ ending }) => isRelated(path, `a.${ending}`));
	if (language === undefined) {
		return [];
	}
	const last = Math.min(MOST_LINES, lines.lineCount);
	const found: { declared: Omit<Declared, 'end' | 'members'>; members: Declared[]; end: number }[] = [];
	let indentation: string | undefined;
	for (let line = 0; line < last; line++) {
		const text = lines.lineAt(line);
		const blanks = /^\s*/.exec(text)?.[0] ?? '';
		const current = found.at(-1);
		if (blanks === '' && text !== '') {
			const declared = declaredIn(language.outer, text, line);
			if (declared !== undefined) {
				found.push({ declared, members: [], end: line + 1 });
				indentation = undefined;
				continue;
			}
		}
		if (current === undefined || text.trim() === '') {
			continue;
		}
		// A closing bracket belongs to what it closes; other lines without blanks belong to nobody.
		if (blanks !== '' || /^[)\]}]/.test(text)) {
			current.end = line + 1;
		}
		indentation ??= blanks === '' ? undefined : blanks;
		if (blanks === indentation && current.declared.kind === 'container') {
			const member = declaredIn(language.inner, text.slice(blanks.length), line);
			if (member !== undefined) {
				current.members.push({ ...member, end: line + 1, members: [] });
			}
		}
	}
	return found.map(({ declared, members, end }) => ({ ...declared, members, end }));
}

function declaredIn(
	forms: readonly Form[],
	text: string,
	line: number,
): Omit<Declared, 'end' | 'members'> | undefined {
	for (const { pattern, kind } of forms) {
		const name = pattern.exec(text)?.groups?.['name'];
		if (name !== undefined) {
			return { name, kind, start: line };
		}
	}
	return undefined;
}
