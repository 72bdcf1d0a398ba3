"""What a browser is told about the files that pages hand out."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
