/** What a diff says was added, and where it stands now. */
import * as assert from 'node:assert/strict';
import { hunksOf, placeOf } from '../../../../src/finetune/dataset/diff';
import { linesOf } from '../../../../src/finetune/dataset/lines';

const diff = `0123
diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -3,0 +4,3 @@ function a() {
+\tconst added = first();
++++ b/not/a/file.ts
+@@ -1 +1 @@
@@ -9 +12,0 @@
-gone for good, all of it
@@ -20 +23 @@
-const old = value;
\\ No newline at end of file
+const fresh = value + other;\r
\\ No newline at end of file
diff --git a/b.ts b/b.ts
new file mode 100644
--- /dev/null
+++ b/b.ts
@@ -0,0 +1,2 @@
+}
+
diff --git a/c.ts b/c.ts
deleted file mode 100644
--- a/c.ts
+++ /dev/null
@@ -1 +0,0 @@
-const everything = gone;
`;

describe('diff', () => {
	it('tells the lines that were added, by file, whatever they look like', () => {
		assert.deepEqual(hunksOf(diff), [
			{ path: 'src/a.ts', lines: ['\tconst added = first();', '+++ b/not/a/file.ts', '@@ -1 +1 @@'] },
			{ path: 'src/a.ts', lines: ['const fresh = value + other;'] },
		]);
	});

	const place = (text: string, ...lines: string[]) => {
		const span = placeOf({ lines }, linesOf(text));
		return span === undefined ? undefined : text.slice(span.start, span.end);
	};

	it('finds them as whole lines, from the first that is not blank', () => {
		const text = 'if (a) {\n\n\tfirst(1);\n\n\tsecond(2);\n}\n';
		assert.equal(place(text, '', '\tfirst(1);', '', '\tsecond(2);', ''), 'first(1);\n\n\tsecond(2);');
		assert.equal(place(text, 'second(2);'), undefined, 'part of a line');
		assert.equal(place(text, '\tthird(3);'), undefined);
		assert.equal(place('a = 1', 'a = 1'), 'a = 1');
	});

	it('does not choose where they stand more than once', () => {
		assert.equal(place('use(all);\nother();\nuse(all);\n', 'use(all);'), undefined);
		assert.equal(place('use(all);\nuse(all, 2);\n', 'use(all);'), 'use(all);');
	});
});
