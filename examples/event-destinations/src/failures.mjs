/** Receives the execution record of an event that `event-destinations` failed on, and logs it. */
export const handler = async (record) => {
  console.log(JSON.stringify(record));
};
