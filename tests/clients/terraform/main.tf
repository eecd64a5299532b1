# A table with all that a table of DynamoDB has here, and an item; `changed` changes most of it.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.47"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "any"
  secret_key                  = "thing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variable "changed" {
  type    = bool
  default = false
}

resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  hash_key         = "user"
  range_key        = "day"
  billing_mode     = var.changed ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity    = var.changed ? 5 : null
  write_capacity   = var.changed ? 5 : null
  table_class      = var.changed ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD"
  stream_enabled   = !var.changed
  stream_view_type = var.changed ? null : "NEW_AND_OLD_IMAGES"
  tags             = var.changed ? { team = "b", cost = "c" } : { team = "a", stage = "test" }

  attribute {
    name = "user"
    type = "S"
  }

  attribute {
    name = "day"
    type = "S"
  }

  attribute {
    name = "status"
    type = "S"
  }

  dynamic "attribute" {
    for_each = var.changed ? ["total"] : []
    content {
      name = attribute.value
      type = "N"
    }
  }

  global_secondary_index {
    name            = "by_status"
    hash_key        = "status"
    range_key       = "day"
    projection_type = "ALL"
    read_capacity   = var.changed ? 2 : null
    write_capacity  = var.changed ? 2 : null
  }

  dynamic "global_secondary_index" {
    for_each = var.changed ? ["by_total"] : []
    content {
      name               = global_secondary_index.value
      hash_key           = "user"
      range_key          = "total"
      projection_type    = "INCLUDE"
      non_key_attributes = ["status"]
      read_capacity      = 1
      write_capacity     = 1
    }
  }

  ttl {
    attribute_name = "expires"
    enabled        = !var.changed
  }

  point_in_time_recovery {
    enabled = !var.changed
  }
}

resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = "user"
  range_key  = "day"
  item = jsonencode({
    user  = { S = "u1" }
    day   = { S = "2024-01-01" }
    total = { N = var.changed ? "2" : "1" }
  })
}

data "aws_dynamodb_table" "orders" {
  name = aws_dynamodb_table.orders.name
}

output "arn" {
  value = data.aws_dynamodb_table.orders.arn
}
