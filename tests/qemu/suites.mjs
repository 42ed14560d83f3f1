// What runs in which guest. A job is a script of jobs/ with the emulated devices it wants (name: {what, variant}); the
// guest gets NAME_PORT and NAME_CONTROL of each.
const camera = {camera: {what: 'camera', variant: 'video'}};
const documentCamera = {camera: {what: 'camera', variant: 'document'}};

export const suites = {
  camera: {
    jobs: [
      {name: 'vivid', script: 'vivid.sh'},
      {name: 'uvc', script: 'uvc.sh', devices: camera, environment: {CAMERA_NAME: 'Emulated camera'}},
      {name: 'shutter', script: 'shutter.sh', devices: camera, environment: {CAMERA_NAME: 'Emulated camera'}},
      {name: 'document', script: 'document.sh', devices: documentCamera, environment: {CAMERA_NAME: 'document camera'}},
    ],
  },
  usb: {
    jobs: [
      {name: 'reader', script: 'usb.sh', devices: {device: {what: 'reader'}},
        environment: {USB_KIND: 'reader', USB_ID: '058f:9540'}},
      {name: 'scanner', script: 'usb.sh', devices: {device: {what: 'scanner'}},
        environment: {USB_KIND: 'scanner', USB_ID: '1209:0002'}},
    ],
  },
};
