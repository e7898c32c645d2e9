-- Feedback of readers on articles.

call test.create_articles();

---- Feedback: one per reader who may read the article
select * from test.attempt_by_each_caller($$select helpdesk.rate_article(test.article_id('published for members'), true)$$);
select * from test.attempt_by_each_caller($$select helpdesk.rate_article(test.article_id('published for public'), true)$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.article_feedback (org_id, article_id, helpful) values (test.org_id('Acme'), test.article_id('draft for public'), true)$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.article_feedback (org_id, article_id, helpful) values (test.org_id('Acme'), test.article_id('published for public'), true)$$);
call test.sign_in('Alice');
select helpdesk.rate_article(test.article_id('published for public'), true, 'Thank you');
call test.sign_in('Stan');
select helpdesk.rate_article(test.article_id('published for public'), true);
select helpdesk.rate_article(test.article_id('published for public'), false);
call test.sign_in('Ben');
select helpdesk.get_article(test.article_id('published for public'))->>'helpfulCount', helpdesk.get_article(test.article_id('published for public'))->>'unhelpfulCount', helpdesk.get_article(test.article_id('published for public'))->>'version';
select test.profile_name(user_id), helpful, comment from helpdesk.article_feedback order by 1;
call test.sign_in('Alice');
select test.profile_name(user_id), helpful, comment from helpdesk.article_feedback order by 1;
select test.attempt($$update helpdesk.article_feedback set helpful = false$$), test.attempt($$update helpdesk.article_feedback set user_id = test.profile_id('Ada')$$), test.attempt($$update helpdesk.article_feedback set article_id = test.article_id('published for members')$$);
select test.error_of($$select helpdesk.rate_article(test.article_id('published for public'), true, ' ')$$), test.error_of($$select helpdesk.rate_article(test.article_id('published for public'), null)$$), test.error_of('select helpdesk.rate_article(null, true)');
delete from helpdesk.article_feedback;
call test.sign_in('Ben');
select helpdesk.get_article(test.article_id('published for public'))->>'helpfulCount', helpdesk.get_article(test.article_id('published for public'))->>'unhelpfulCount';
call test.sign_out();
