import { entries } from './entry.js'

/** MR530–MR539: dashboards and alerts. */
export const dashboardErrors = entries({
  MR530: {
    title: 'dashboard definition not valid',
    cause:
      "A key is unknown, something is missing, or a value is not of the form that it should have. The page falls back to one derived from the job's views.",
    remedy:
      'Mend each place named. An editor helps where "$schema" is "../node_modules/millrace/dist/dashboards/app/dashboards/dashboard.schema.json".',
    action: 'refuse',
  },
  MR531: {
    title: 'dashboard is not JSON',
    cause: 'The text of the definition breaks off or has a character where JSON allows none, such as a comma before a bracket.',
    remedy: 'Mend the text at the line and column named; comments are not allowed in JSON.',
    action: 'refuse',
  },
  MR532: {
    title: 'dashboard file not readable',
    cause: 'The file is larger than 256 KiB, or the system refuses to read it.',
    remedy: 'Make the file readable for the user that runs Millrace; split a large page into jobs of their own.',
    action: 'refuse',
  },
  MR533: {
    title: 'dashboard does not fit the job',
    cause: 'A panel names a view or a column that the job does not have, or one without numbers. The other panels are shown.',
    remedy: 'Name a view and column of the job; `/api/v1/views` lists them.',
    action: 'refuse',
  },
  MR534: {
    title: 'more alerts than are kept',
    cause: 'Thresholds are evaluated for 10,000 keys and limits at most, and all of these are firing or pending.',
    remedy: 'Aggregate over fewer keys in the view that has the threshold, or raise the limit so that fewer keys pass it.',
    action: 'refuse',
  },
  MR535: {
    title: 'too many dashboards',
    cause: 'A folder of dashboards has one file for each job; the first 200 by name are read.',
    remedy: 'Keep other JSON files in another folder.',
    action: 'refuse',
  },
  MR536: {
    title: 'acknowledgements cannot be kept',
    cause:
      'Which alerts somebody has seen is kept in the data folder of the job. The file there is damaged, so that those of earlier starts are forgotten, or it cannot be written.',
    remedy: 'Acknowledge again what is still firing; if the file cannot be written, look at the space and the rights of the data folder.',
    action: 'refuse',
  },
})
