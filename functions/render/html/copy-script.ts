/** What the copy buttons do; where the clipboard is refused, the command is selected instead. */
export const COPY_SCRIPT = `
for (const button of document.querySelectorAll('button.copy')) {
  const label = button.textContent;
  const text = button.parentElement.querySelector('code');
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = button.dataset.selected;
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
`;

/** SHA-256 of the script for `script-src`; a test holds it to the text above. */
export const COPY_SCRIPT_HASH = 'sha256-YP8R1bT2hqKB5RaM6WB+f3mYWLRCLqgDiU2/mIrmzPs=';
