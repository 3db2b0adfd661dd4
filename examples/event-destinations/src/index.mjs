/** Succeeds, with nothing to return, or fails: as the event asks. */
export const handler = async (event) => {
  console.log(`Success: ${event.Success}`);
  requireSuccess(event);
};

function requireSuccess({ Success }) {
  if (Success !== true) {
    throw new Error(`The event asked for a failure: "Success" is ${JSON.stringify(Success)}.`);
  }
}
