/** What is wrong, in a sentence that names the file and the fix; shown to the user as it is. */
export class PortraitError extends Error {
  name = "PortraitError";
}
