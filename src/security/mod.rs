mod act_as;
mod report;
