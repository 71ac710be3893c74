"""A small policy that the planning tests speak of, with the shipped wordings."""

COURTEOUS = """
contact:
  channels: [email]
  hours: 9:00-17:30
  minimum gap: 4 days
  caps: [2 in 7 days, 4 in 30 days]
  minimum balance: {EUR: 10}
  bank data: at most 4 days old
scenarios:
  courteous:
    title: {en: Courteous, fr: Courtoise}
    steps:
      heads-up: {day: 5 days before due date, do: message, tone: friendly}
      thanks: {day: 1 day after payment, do: message, tone: friendly}
      reminder: {day: 3 days after due date, do: message, tone: gentle}
      call: {day: 20 days after due date, do: call, assign to: owner}
      review: {day: 40 days after due date, do: review, assign to: manager}
"""
