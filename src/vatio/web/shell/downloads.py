"""The media type of the workbooks that pages return."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
