// What runs in which guest. A job is a script of jobs/ with the emulated devices it wants (name: {what, variant}); the
// guest gets NAME_PORT and NAME_CONTROL of each.
export const suites = {
  camera: {
    jobs: [
      {name: 'vivid-node', script: 'vivid-node.sh'},
    ],
  },
};
