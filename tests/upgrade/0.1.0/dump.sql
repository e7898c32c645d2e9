--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: auth; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA auth;


ALTER SCHEMA auth OWNER TO postgres;

--
-- Name: SCHEMA auth; Type: COMMENT; Schema: -; Owner: postgres
--

COMMENT ON SCHEMA auth IS 'Logins: the part of Supabase Auth''s schema that helpdesk needs. Created by helpdesk.';


--
-- Name: helpdesk; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA helpdesk;


ALTER SCHEMA helpdesk OWNER TO postgres;

--
-- Name: helpdesk; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS helpdesk WITH SCHEMA helpdesk;


--
-- Name: EXTENSION helpdesk; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION helpdesk IS 'A complete multi-tenant help desk inside Postgres';


--
-- Name: uid(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.uid() RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE
    AS '$libdir/helpdesk', 'jwt_subject_wrapper';


ALTER FUNCTION auth.uid() OWNER TO postgres;

--
-- Name: FUNCTION uid(); Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON FUNCTION auth.uid() IS 'Returns the login of the current request: the sub claim of the access token.
Null if there is none or it is not a UUID.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: users; Type: TABLE; Schema: auth; Owner: postgres
--

CREATE TABLE auth.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text,
    email_confirmed_at timestamp with time zone,
    phone text,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    is_anonymous boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now()
);


ALTER TABLE auth.users OWNER TO postgres;

--
-- Name: TABLE users; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON TABLE auth.users IS 'One row per login. Your sign-up service writes it; a trigger keeps helpdesk.profiles up to date.';


--
-- Name: COLUMN users.id; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.id IS 'The login. It is the sub claim of access tokens.';


--
-- Name: COLUMN users.email; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.email IS 'E-mail address; unique, ignoring case. Null for people who sign in without one.';


--
-- Name: COLUMN users.email_confirmed_at; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.email_confirmed_at IS 'When the owner of the address confirmed it; null until then.';


--
-- Name: COLUMN users.phone; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.phone IS 'Phone number, for your sign-up service.';


--
-- Name: COLUMN users.raw_app_meta_data; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.raw_app_meta_data IS 'Data of your sign-up service. helpdesk does not use it.';


--
-- Name: COLUMN users.raw_user_meta_data; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.raw_user_meta_data IS 'Data from the sign-up or the OAuth provider: the name (full_name, name, display_name,
  preferred_username or user_name) and the picture (avatar_url or picture) are used.';


--
-- Name: COLUMN users.is_anonymous; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.is_anonymous IS 'Whether the person signed in without giving an address, for your sign-up service.';


--
-- Name: COLUMN users.created_at; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON COLUMN auth.users.created_at IS 'When the login was created.';


--
-- Name: admin_invite_codes; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.admin_invite_codes (
    code text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_by uuid,
    used_at timestamp with time zone,
    used_by uuid,
    CONSTRAINT admin_invite_codes_code_check CHECK ((code ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT admin_invite_codes_expires_at_check CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '366 days'::interval)))),
    CONSTRAINT admin_invite_codes_used_by_check CHECK (((used_at IS NULL) = (used_by IS NULL)))
);


ALTER TABLE helpdesk.admin_invite_codes OWNER TO helpdesk_owner;

--
-- Name: TABLE admin_invite_codes; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.admin_invite_codes IS 'Codes that make the person who redeems one an administrator of the installation. The table holds
  digests; the code itself is shown only when it is created.';


--
-- Name: COLUMN admin_invite_codes.code; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.admin_invite_codes.code IS 'SHA-256 digest of the code, in hex.';


--
-- Name: COLUMN admin_invite_codes.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.admin_invite_codes.created_at IS 'When the code was created.';


--
-- Name: COLUMN admin_invite_codes.expires_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.admin_invite_codes.expires_at IS 'When the code expires; at most 366 days after it was created.';


--
-- Name: COLUMN admin_invite_codes.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.admin_invite_codes.created_by IS 'The profile that created the code, which is valid only while that person is an administrator of the
  installation. Null for a backend or the database administrator.';


--
-- Name: COLUMN admin_invite_codes.used_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.admin_invite_codes.used_at IS 'When the code was redeemed; null until then.';


--
-- Name: COLUMN admin_invite_codes.used_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.admin_invite_codes.used_by IS 'The profile that redeemed it.';


--
-- Name: profiles; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.profiles (
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    auth_id uuid,
    role helpdesk.user_role DEFAULT 'customer'::helpdesk.user_role NOT NULL,
    name text NOT NULL,
    email text,
    email_is_confirmed boolean DEFAULT true NOT NULL,
    imported_for uuid,
    avatar_url text,
    teams uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_active timestamp with time zone,
    preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT profiles_avatar_url_check CHECK (((char_length(avatar_url) <= 2000) AND (avatar_url ~ '^https?://[^[:space:][:cntrl:]]+$'::text))),
    CONSTRAINT profiles_name_check CHECK (helpdesk.is_text(name, 200)),
    CONSTRAINT profiles_preferences_check CHECK ((jsonb_typeof(preferences) = 'object'::text)),
    CONSTRAINT profiles_role_check CHECK ((role = ANY (ARRAY['customer'::helpdesk.user_role, 'agent'::helpdesk.user_role, 'admin'::helpdesk.user_role])))
);
ALTER TABLE ONLY helpdesk.profiles ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.profiles ALTER COLUMN email SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.profiles ALTER COLUMN avatar_url SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.profiles ALTER COLUMN teams SET STATISTICS 0;


ALTER TABLE helpdesk.profiles OWNER TO helpdesk_owner;

--
-- Name: TABLE profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.profiles IS 'A person: the author of tickets, comments and history. A profile outlives its login.';


--
-- Name: COLUMN profiles.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.id IS 'The person. Other tables refer to people by this id. UUIDv7.';


--
-- Name: COLUMN profiles.auth_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.auth_id IS 'The login (auth.users.id); null after the login was deleted.';


--
-- Name: COLUMN profiles.role; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.role IS 'Role on the installation: admin can create admin codes and organizations, customer can create
  organizations if installation_settings.who_may_found_organizations allows it, agent neither.
  Changed by redeem_admin_invite_code(), app.initial_admin_email, service_role and the database
  administrator. An admin whose login is deleted becomes customer.';


--
-- Name: COLUMN profiles.name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.name IS 'Display name, 1 to 200 characters. It follows the name in the metadata of the login until the person
  chooses another one.';


--
-- Name: COLUMN profiles.email; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.email IS 'Copy of the login''s e-mail address. A trigger keeps it up to date, and install() where that was
  refused. It remains after the login was deleted.';


--
-- Name: COLUMN profiles.email_is_confirmed; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.email_is_confirmed IS 'Whether the address is known to be the person''s: its owner has confirmed it, or a backend has
  written a profile without a login. Whoever signs up with the address of a profile without a login,
  and confirms it, gets that profile.';


--
-- Name: COLUMN profiles.imported_for; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.imported_for IS 'The organization whose import_tickets() wrote the profile, for a person who had none there; null for
  all others, and once the person has signed up. No other organization uses it.';


--
-- Name: COLUMN profiles.avatar_url; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.avatar_url IS 'Web address of a picture of the person, or null. It follows avatar_url or picture in the metadata of
  the login until the person chooses another one.';


--
-- Name: COLUMN profiles.teams; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.teams IS 'Teams of this person. helpdesk does not use it; applications can.';


--
-- Name: COLUMN profiles.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.created_at IS 'When the profile was created.';


--
-- Name: COLUMN profiles.last_active; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.last_active IS 'When the person last used the application. The application writes it.';


--
-- Name: COLUMN profiles.preferences; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.profiles.preferences IS 'Preferences of the person in the application, a JSON object.';


--
-- Name: ticket_internal_counts; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_internal_counts (
    org_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    comment_count integer DEFAULT 0 NOT NULL,
    attachment_count integer DEFAULT 0 NOT NULL
);


ALTER TABLE helpdesk.ticket_internal_counts OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_internal_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_internal_counts IS 'Number of internal comments and attachments of each ticket that has any. They are not in tickets,
  because customers can read that table.';


--
-- Name: COLUMN ticket_internal_counts.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_internal_counts.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_internal_counts.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_internal_counts.ticket_id IS 'The ticket.';


--
-- Name: COLUMN ticket_internal_counts.comment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_internal_counts.comment_count IS 'Number of internal comments.';


--
-- Name: COLUMN ticket_internal_counts.attachment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_internal_counts.attachment_count IS 'Number of internal attachments.';


--
-- Name: tickets; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.tickets (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    title text NOT NULL,
    description text,
    priority helpdesk.ticket_priority DEFAULT 'low'::helpdesk.ticket_priority NOT NULL,
    status text DEFAULT ''::text NOT NULL,
    workflow_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    current_stage_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    assigned_to uuid,
    created_by uuid DEFAULT helpdesk.my_profile_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    stage_entered_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    closed_at timestamp with time zone,
    first_response_at timestamp with time zone,
    first_response_by uuid,
    version integer DEFAULT 0 NOT NULL,
    latest_history_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    public_comment_count integer DEFAULT 0 NOT NULL,
    public_attachment_count integer DEFAULT 0 NOT NULL,
    last_public_comment_at timestamp with time zone,
    is_answered boolean DEFAULT false NOT NULL,
    external_id text,
    external_ref text,
    CONSTRAINT tickets_description_check CHECK ((char_length(description) <= 100000)),
    CONSTRAINT tickets_external_id_check CHECK (helpdesk.is_text(external_id, 255)),
    CONSTRAINT tickets_external_ref_check CHECK ((external_ref <> ''::text)),
    CONSTRAINT tickets_number_check CHECK (('[1,1000000000001)'::int8range @> number)),
    CONSTRAINT tickets_status_check CHECK ((status = ANY (ARRAY['open'::text, 'pending'::text, 'resolved'::text, 'closed'::text]))),
    CONSTRAINT tickets_timestamps_check CHECK (('["0001-01-01 00:00:00+00","9999-12-31 00:00:00+00"]'::tstzrange @> ALL (ARRAY[created_at, updated_at, stage_entered_at, resolved_at, closed_at, first_response_at, last_public_comment_at]))),
    CONSTRAINT tickets_title_check CHECK (helpdesk.is_text(title, 500))
)
WITH (autovacuum_vacuum_scale_factor='0.02');
ALTER TABLE ONLY helpdesk.tickets ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.tickets ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.tickets ALTER COLUMN external_id SET STATISTICS 0;


ALTER TABLE helpdesk.tickets OWNER TO helpdesk_owner;

--
-- Name: TABLE tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.tickets IS 'The current state of each ticket. A trigger writes every earlier state to ticket_history, no matter
  how a ticket is changed.';


--
-- Name: COLUMN tickets.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.org_id IS 'The organization. Never changes.';


--
-- Name: COLUMN tickets.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.id IS 'The ticket. UUIDv7. Never changes.';


--
-- Name: COLUMN tickets.number; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.number IS 'The number that people call it by, counted from 1 in each organization. Never changes.';


--
-- Name: COLUMN tickets.title; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.title IS 'Title, 1 to 500 characters; surrounding white space is trimmed.';


--
-- Name: COLUMN tickets.description; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.description IS 'The request in full, up to 100,000 characters.';


--
-- Name: COLUMN tickets.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.priority IS 'Urgency.';


--
-- Name: COLUMN tickets.status; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.status IS 'open, pending, resolved or closed: the status of its stage.';


--
-- Name: COLUMN tickets.workflow_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.workflow_id IS 'Its workflow. Default: the earliest active workflow of the organization.';


--
-- Name: COLUMN tickets.current_stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.current_stage_id IS 'Its stage. Default: the start stage of its workflow.';


--
-- Name: COLUMN tickets.assigned_to; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.assigned_to IS 'The assignee: staff of the organization or a member with may_be_assigned; null if unassigned.';


--
-- Name: COLUMN tickets.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.created_by IS 'The requester: the person that the ticket was created by or for.';


--
-- Name: COLUMN tickets.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.created_at IS 'When the ticket was created. Never changes.';


--
-- Name: COLUMN tickets.updated_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.updated_at IS 'When it last changed or got a comment or an attachment. Lists sort by it.';


--
-- Name: COLUMN tickets.stage_entered_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.stage_entered_at IS 'When it entered its current stage.';


--
-- Name: COLUMN tickets.resolved_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.resolved_at IS 'When it was resolved, or closed without being resolved; null while it is open or pending.';


--
-- Name: COLUMN tickets.closed_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.closed_at IS 'When it was closed; null unless it is closed.';


--
-- Name: COLUMN tickets.first_response_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.first_response_at IS 'When staff first commented publicly on a ticket that is not their own; null until then.';


--
-- Name: COLUMN tickets.first_response_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.first_response_by IS 'The author of the first response.';


--
-- Name: COLUMN tickets.version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.version IS 'Number of its revisions. Pass it as p_expected_version to update only what you have read.';


--
-- Name: COLUMN tickets.latest_history_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.latest_history_id IS 'Its latest revision in ticket_history.';


--
-- Name: COLUMN tickets.public_comment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.public_comment_count IS 'Number of its comments that are not internal.';


--
-- Name: COLUMN tickets.public_attachment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.public_attachment_count IS 'Number of its attachments that are not internal.';


--
-- Name: COLUMN tickets.last_public_comment_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.last_public_comment_at IS 'When its last comment that is not internal was written; null if it has none.';


--
-- Name: COLUMN tickets.is_answered; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.is_answered IS 'Whether somebody other than the requester wrote that comment. An open or pending ticket waits for
  its customer if it is answered, otherwise for staff.';


--
-- Name: COLUMN tickets.external_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.tickets.external_id IS 'The ticket''s id in the help desk from which import_tickets() brought it, such as ''zendesk:35436'';
  null for all others. Unique in the organization.';


--
-- Name: workflow_stages; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.workflow_stages (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    workflow_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    "position" integer DEFAULT 2147483647 NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    is_start boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    CONSTRAINT workflow_stages_description_check CHECK ((char_length(description) <= 10000)),
    CONSTRAINT workflow_stages_name_check CHECK (helpdesk.is_text(name, 200)),
    CONSTRAINT workflow_stages_start_check CHECK (((NOT is_start) OR (is_active AND (status <> ALL (ARRAY['resolved'::text, 'closed'::text]))))),
    CONSTRAINT workflow_stages_status_check CHECK ((status = ANY (ARRAY['open'::text, 'pending'::text, 'resolved'::text, 'closed'::text])))
);
ALTER TABLE ONLY helpdesk.workflow_stages ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.workflow_stages ALTER COLUMN description SET STATISTICS 0;


ALTER TABLE helpdesk.workflow_stages OWNER TO helpdesk_owner;

--
-- Name: TABLE workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.workflow_stages IS 'A stage of a workflow. Its status, not its name, determines what it means.';


--
-- Name: COLUMN workflow_stages.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.org_id IS 'The organization.';


--
-- Name: COLUMN workflow_stages.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.id IS 'The stage. UUIDv7.';


--
-- Name: COLUMN workflow_stages.workflow_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.workflow_id IS 'The workflow that the stage belongs to.';


--
-- Name: COLUMN workflow_stages.name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.name IS 'Display name, 1 to 200 characters, unique within the workflow (ignoring case); surrounding white
  space is trimmed.';


--
-- Name: COLUMN workflow_stages.description; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.description IS 'Description, up to 10,000 characters.';


--
-- Name: COLUMN workflow_stages."position"; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages."position" IS 'Position among the stages of the workflow, unique within it; stages are displayed in ascending
  order. Default: after all others. reorder_stages() sets all of them.';


--
-- Name: COLUMN workflow_stages.status; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.status IS 'open, pending (waiting for the customer), resolved or closed. Tickets in the stage have this status;
  changing it changes theirs.';


--
-- Name: COLUMN workflow_stages.is_start; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.is_start IS 'Whether new tickets start in this stage. True for exactly one stage of each workflow: the first one
  created that can be it, until another one is chosen. It is active, and open or pending.';


--
-- Name: COLUMN workflow_stages.is_active; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stages.is_active IS 'Whether tickets can enter the stage. A retired stage keeps the tickets that are in it, and is left
  out where a stage is chosen.';


--
-- Name: CONSTRAINT workflow_stages_start_check ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT workflow_stages_start_check ON helpdesk.workflow_stages IS 'New tickets start in a stage that is active, and open or pending.';


--
-- Name: workflows; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.workflows (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    name text NOT NULL,
    description text,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workflows_description_check CHECK ((char_length(description) <= 10000)),
    CONSTRAINT workflows_name_check CHECK (helpdesk.is_text(name, 200))
);
ALTER TABLE ONLY helpdesk.workflows ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.workflows ALTER COLUMN description SET STATISTICS 0;


ALTER TABLE helpdesk.workflows OWNER TO helpdesk_owner;

--
-- Name: TABLE workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.workflows IS 'A named list of stages that tickets pass through. A new organization gets one named "Support".';


--
-- Name: COLUMN workflows.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflows.org_id IS 'The organization.';


--
-- Name: COLUMN workflows.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflows.id IS 'The workflow. UUIDv7.';


--
-- Name: COLUMN workflows.name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflows.name IS 'Display name, 1 to 200 characters.';


--
-- Name: COLUMN workflows.description; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflows.description IS 'Description, up to 10,000 characters.';


--
-- Name: COLUMN workflows.is_active; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflows.is_active IS 'Whether new tickets can use it. A ticket without a workflow gets the earliest active one.';


--
-- Name: COLUMN workflows.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflows.created_at IS 'When the workflow was created.';


--
-- Name: agent_tickets; Type: VIEW; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE VIEW helpdesk.agent_tickets WITH (security_invoker='true') AS
 SELECT t.id,
    t.org_id,
    t.number,
    t.workflow_id,
    t.current_stage_id,
    t.title,
    t.description,
    t.priority,
    t.status,
    t.assigned_to,
    t.created_by,
    t.created_at,
    t.updated_at,
    ( SELECT w.name
           FROM helpdesk.workflows w
          WHERE ((w.org_id = t.org_id) AND (w.id = t.workflow_id))) AS workflow_name,
    ( SELECT s.name
           FROM helpdesk.workflow_stages s
          WHERE ((s.org_id = t.org_id) AND (s.id = t.current_stage_id))) AS stage_name,
    COALESCE(( SELECT p.name
           FROM helpdesk.profiles p
          WHERE (p.id = t.assigned_to)), helpdesk.ticket_participant_name(t.org_id, t.id, t.assigned_to)) AS assigned_to_name,
    COALESCE(( SELECT p.name
           FROM helpdesk.profiles p
          WHERE (p.id = t.created_by)), helpdesk.ticket_participant_name(t.org_id, t.id, t.created_by)) AS created_by_name,
    (t.public_comment_count + COALESCE(( SELECT i.comment_count
           FROM helpdesk.ticket_internal_counts i
          WHERE ((i.org_id = t.org_id) AND (i.ticket_id = t.id))), 0)) AS comment_count,
    (t.public_attachment_count + COALESCE(( SELECT i.attachment_count
           FROM helpdesk.ticket_internal_counts i
          WHERE ((i.org_id = t.org_id) AND (i.ticket_id = t.id))), 0)) AS attachment_count
   FROM helpdesk.tickets t
  WHERE ((t.org_id = ANY (helpdesk.my_staff_org_ids())) OR ( SELECT helpdesk.bypasses_row_security() AS bypasses_row_security));


ALTER TABLE helpdesk.agent_tickets OWNER TO helpdesk_owner;

--
-- Name: VIEW agent_tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON VIEW helpdesk.agent_tickets IS 'Tickets for staff, with names and counts, from all organizations in which the caller is staff.
  Filtering by one organization (org_id=eq...) is faster.';


--
-- Name: COLUMN agent_tickets.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.id IS 'The ticket.';


--
-- Name: COLUMN agent_tickets.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.org_id IS 'The organization.';


--
-- Name: COLUMN agent_tickets.number; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.number IS 'The number that people call it by.';


--
-- Name: COLUMN agent_tickets.workflow_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.workflow_id IS 'Its workflow.';


--
-- Name: COLUMN agent_tickets.current_stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.current_stage_id IS 'Its stage.';


--
-- Name: COLUMN agent_tickets.title; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.title IS 'Title.';


--
-- Name: COLUMN agent_tickets.description; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.description IS 'The request in full.';


--
-- Name: COLUMN agent_tickets.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.priority IS 'Urgency.';


--
-- Name: COLUMN agent_tickets.status; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.status IS 'open, pending, resolved or closed.';


--
-- Name: COLUMN agent_tickets.assigned_to; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.assigned_to IS 'The assignee; null if unassigned.';


--
-- Name: COLUMN agent_tickets.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.created_by IS 'The requester.';


--
-- Name: COLUMN agent_tickets.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.created_at IS 'When the ticket was created.';


--
-- Name: COLUMN agent_tickets.updated_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.updated_at IS 'When it last changed or got a comment or an attachment.';


--
-- Name: COLUMN agent_tickets.workflow_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.workflow_name IS 'Name of the workflow.';


--
-- Name: COLUMN agent_tickets.stage_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.stage_name IS 'Name of the stage.';


--
-- Name: COLUMN agent_tickets.assigned_to_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.assigned_to_name IS 'Name of the assignee; null if unassigned.';


--
-- Name: COLUMN agent_tickets.created_by_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.created_by_name IS 'Name of the requester.';


--
-- Name: COLUMN agent_tickets.comment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.comment_count IS 'Number of comments, including internal ones.';


--
-- Name: COLUMN agent_tickets.attachment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.agent_tickets.attachment_count IS 'Number of attachments, including internal ones.';


--
-- Name: article_feedback; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.article_feedback (
    org_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    article_id uuid NOT NULL,
    user_id uuid DEFAULT helpdesk.ensure_profile() NOT NULL,
    helpful boolean NOT NULL,
    comment text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT article_feedback_comment_check CHECK (helpdesk.is_text(comment, 2000))
);
ALTER TABLE ONLY helpdesk.article_feedback ALTER COLUMN comment SET STATISTICS 0;


ALTER TABLE helpdesk.article_feedback OWNER TO helpdesk_owner;

--
-- Name: TABLE article_feedback; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.article_feedback IS 'Whether an article helped its readers. Each reader has one rating, which they can change.';


--
-- Name: COLUMN article_feedback.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_feedback.org_id IS 'The organization.';


--
-- Name: COLUMN article_feedback.article_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_feedback.article_id IS 'The article.';


--
-- Name: COLUMN article_feedback.user_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_feedback.user_id IS 'The reader (helpdesk.profiles.id).';


--
-- Name: COLUMN article_feedback.helpful; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_feedback.helpful IS 'Whether the article helped.';


--
-- Name: COLUMN article_feedback.comment; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_feedback.comment IS 'Comment of the reader, 1 to 2,000 characters; may be null.';


--
-- Name: COLUMN article_feedback.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_feedback.created_at IS 'When the reader first rated the article.';


--
-- Name: article_versions; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.article_versions (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    article_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid
);
ALTER TABLE ONLY helpdesk.article_versions ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.article_versions ALTER COLUMN content SET STATISTICS 0;


ALTER TABLE helpdesk.article_versions OWNER TO helpdesk_owner;

--
-- Name: TABLE article_versions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.article_versions IS 'Title and content of all versions of articles, including the current one. Only triggers write it.';


--
-- Name: COLUMN article_versions.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.org_id IS 'The organization.';


--
-- Name: COLUMN article_versions.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.id IS 'The row. UUIDv7.';


--
-- Name: COLUMN article_versions.article_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.article_id IS 'The article.';


--
-- Name: COLUMN article_versions.version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.version IS 'articles.version after the change.';


--
-- Name: COLUMN article_versions.title; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.title IS 'Title after the change.';


--
-- Name: COLUMN article_versions.content; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.content IS 'Content after the change.';


--
-- Name: COLUMN article_versions.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.created_at IS 'When the change was made.';


--
-- Name: COLUMN article_versions.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.article_versions.created_by IS 'Author of the change; null for the database administrator or a backend.';


--
-- Name: articles; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.articles (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    categories text[] DEFAULT '{}'::text[] NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    author uuid DEFAULT helpdesk.my_profile_id() NOT NULL,
    visibility text DEFAULT 'internal'::text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    helpful_count integer DEFAULT 0 NOT NULL,
    unhelpful_count integer DEFAULT 0 NOT NULL,
    title_key bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT articles_categories_check CHECK ((cardinality(categories) <= 50)),
    CONSTRAINT articles_content_check CHECK (helpdesk.is_text(content, 500000)),
    CONSTRAINT articles_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text]))),
    CONSTRAINT articles_tags_check CHECK ((cardinality(tags) <= 50)),
    CONSTRAINT articles_title_check CHECK (helpdesk.is_text(title, 500)),
    CONSTRAINT articles_visibility_check CHECK ((visibility = ANY (ARRAY['internal'::text, 'members'::text, 'public'::text])))
);
ALTER TABLE ONLY helpdesk.articles ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.articles ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.articles ALTER COLUMN categories SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.articles ALTER COLUMN tags SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.articles ALTER COLUMN title_key SET STATISTICS 0;


ALTER TABLE helpdesk.articles OWNER TO helpdesk_owner;

--
-- Name: TABLE articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.articles IS 'The current state of the articles of the knowledge base.';


--
-- Name: COLUMN articles.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.org_id IS 'The organization. Never changes.';


--
-- Name: COLUMN articles.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.id IS 'The article. UUIDv7. Never changes.';


--
-- Name: COLUMN articles.title; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.title IS 'Title, 1 to 500 characters; surrounding white space is trimmed.';


--
-- Name: COLUMN articles.content; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.content IS 'The text, 1 to 500,000 characters, in any markup that the application uses.';


--
-- Name: COLUMN articles.categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.categories IS 'Names of categories of the organization, up to 50.';


--
-- Name: COLUMN articles.tags; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.tags IS 'Tags, up to 50.';


--
-- Name: COLUMN articles.author; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.author IS 'The author of the first version. Never changes.';


--
-- Name: COLUMN articles.visibility; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.visibility IS 'Who can read it once it is published: internal (staff), members (members of the organization) or
  public (everybody).';


--
-- Name: COLUMN articles.status; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.status IS 'draft, published or archived. Only staff can read drafts and archived articles.';


--
-- Name: COLUMN articles.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.created_at IS 'When the article was created. Never changes.';


--
-- Name: COLUMN articles.updated_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.updated_at IS 'When it last changed.';


--
-- Name: COLUMN articles.published_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.published_at IS 'When it was last published; null if it never was.';


--
-- Name: COLUMN articles.version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.version IS 'Number of its versions. article_versions keeps title and content of each.';


--
-- Name: COLUMN articles.helpful_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.helpful_count IS 'Number of readers who found it helpful.';


--
-- Name: COLUMN articles.unhelpful_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.unhelpful_count IS 'Number of readers who did not.';


--
-- Name: COLUMN articles.title_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.articles.title_key IS 'Sorts by title in the language of the organization: bytes made of the title. A trigger sets it.';


--
-- Name: categories; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.categories (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    name text NOT NULL,
    description text,
    parent_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT categories_description_check CHECK ((char_length(description) <= 10000)),
    CONSTRAINT categories_name_check CHECK (helpdesk.is_text(name, 200))
);
ALTER TABLE ONLY helpdesk.categories ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.categories ALTER COLUMN description SET STATISTICS 0;


ALTER TABLE helpdesk.categories OWNER TO helpdesk_owner;

--
-- Name: TABLE categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.categories IS 'The category tree of the knowledge base. Deleting a category moves its sub-categories up.';


--
-- Name: COLUMN categories.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.categories.org_id IS 'The organization.';


--
-- Name: COLUMN categories.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.categories.id IS 'The category. UUIDv7.';


--
-- Name: COLUMN categories.name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.categories.name IS 'Display name, 1 to 200 characters; unique among its siblings, ignoring case. Articles refer to
  categories by name; renaming a category renames it in them.';


--
-- Name: COLUMN categories.description; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.categories.description IS 'Description, up to 10,000 characters.';


--
-- Name: COLUMN categories.parent_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.categories.parent_id IS 'The parent category; null at the top. Cycles are refused, and so are more than 20 levels.';


--
-- Name: COLUMN categories.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.categories.created_at IS 'When the category was created.';


--
-- Name: customer_tickets; Type: VIEW; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE VIEW helpdesk.customer_tickets WITH (security_invoker='true') AS
 SELECT t.id,
    t.org_id,
    t.number,
    t.title,
    t.priority,
    t.status,
    ( SELECT s.name
           FROM helpdesk.workflow_stages s
          WHERE ((s.org_id = t.org_id) AND (s.id = t.current_stage_id))) AS stage_name,
        CASE
            WHEN (t.assigned_to IS NOT NULL) THEN COALESCE(helpdesk.customer_assignee_name(t.org_id, t.id), 'Support Team'::text)
            ELSE NULL::text
        END AS assigned_to_display,
    t.created_at,
    t.updated_at,
    t.public_comment_count
   FROM helpdesk.tickets t
  WHERE ((t.created_by = helpdesk.my_profile_id()) OR (t.assigned_to = helpdesk.my_profile_id()));


ALTER TABLE helpdesk.customer_tickets OWNER TO helpdesk_owner;

--
-- Name: VIEW customer_tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON VIEW helpdesk.customer_tickets IS 'Tickets that the caller created or that are assigned to the caller. It contains nothing internal and
  no names of staff.';


--
-- Name: COLUMN customer_tickets.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.id IS 'The ticket.';


--
-- Name: COLUMN customer_tickets.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.org_id IS 'The organization.';


--
-- Name: COLUMN customer_tickets.number; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.number IS 'The number that people call it by.';


--
-- Name: COLUMN customer_tickets.title; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.title IS 'Title.';


--
-- Name: COLUMN customer_tickets.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.priority IS 'Urgency.';


--
-- Name: COLUMN customer_tickets.status; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.status IS 'open, pending, resolved or closed.';


--
-- Name: COLUMN customer_tickets.stage_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.stage_name IS 'Name of the stage.';


--
-- Name: COLUMN customer_tickets.assigned_to_display; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.assigned_to_display IS 'Support Team if the ticket is assigned to staff; the name of the assignee who is a customer; null if
  unassigned.';


--
-- Name: COLUMN customer_tickets.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.created_at IS 'When the ticket was created.';


--
-- Name: COLUMN customer_tickets.updated_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.updated_at IS 'When it last changed.';


--
-- Name: COLUMN customer_tickets.public_comment_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.customer_tickets.public_comment_count IS 'Number of comments that are not internal.';


--
-- Name: idempotency_keys; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.idempotency_keys (
    org_id uuid NOT NULL,
    actor_id uuid,
    key text NOT NULL,
    ticket_id uuid NOT NULL,
    object_id uuid NOT NULL,
    request_digest bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE helpdesk.idempotency_keys OWNER TO helpdesk_owner;

--
-- Name: TABLE idempotency_keys; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.idempotency_keys IS 'What each key passed to create_ticket(), add_comment(), add_attachment() or resolve_ticket()
  created, so that a repeated request creates nothing again.';


--
-- Name: COLUMN idempotency_keys.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.org_id IS 'The organization.';


--
-- Name: COLUMN idempotency_keys.actor_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.actor_id IS 'The caller who passed the key; null for a backend for which nobody is signed in.';


--
-- Name: COLUMN idempotency_keys.key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.key IS 'The key, 1 to 255 characters.';


--
-- Name: COLUMN idempotency_keys.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.ticket_id IS 'The ticket that was created, or that the comment or the attachment is on. The key is deleted with
  it.';


--
-- Name: COLUMN idempotency_keys.object_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.object_id IS 'The ticket, comment or attachment that was created; no object for resolve_ticket() without a
  comment. A repeated request that creates one returns this id even if it has been deleted since.';


--
-- Name: COLUMN idempotency_keys.request_digest; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.request_digest IS 'SHA-256 digest of the request. The same key with a different request is an error.';


--
-- Name: COLUMN idempotency_keys.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.idempotency_keys.created_at IS 'When the key was first used.';


--
-- Name: installation_settings; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.installation_settings (
    is_only_row boolean DEFAULT true NOT NULL,
    who_may_found_organizations text DEFAULT 'confirmed'::text NOT NULL,
    CONSTRAINT installation_settings_is_only_row_check CHECK (is_only_row),
    CONSTRAINT installation_settings_who_may_found_organizations_check CHECK ((who_may_found_organizations = ANY (ARRAY['anyone'::text, 'confirmed'::text, 'administrators'::text])))
);


ALTER TABLE helpdesk.installation_settings OWNER TO helpdesk_owner;

--
-- Name: TABLE installation_settings; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.installation_settings IS 'Settings of the whole installation. Exactly one row.';


--
-- Name: COLUMN installation_settings.is_only_row; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.installation_settings.is_only_row IS 'True, so that there is one row.';


--
-- Name: COLUMN installation_settings.who_may_found_organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.installation_settings.who_may_found_organizations IS 'Who may create an organization: anyone (everybody who is signed in), confirmed (people with a
  confirmed e-mail address) or administrators (of the installation, who always may).';


--
-- Name: notification_preferences; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.notification_preferences (
    user_id uuid DEFAULT helpdesk.ensure_profile() NOT NULL,
    type helpdesk.notification_type NOT NULL,
    enabled boolean NOT NULL
);


ALTER TABLE helpdesk.notification_preferences OWNER TO helpdesk_owner;

--
-- Name: TABLE notification_preferences; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.notification_preferences IS 'Kinds of notifications that a person has disabled or enabled. Disabled kinds are not written; kinds
  without a row are enabled.';


--
-- Name: COLUMN notification_preferences.user_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notification_preferences.user_id IS 'The person (helpdesk.profiles.id).';


--
-- Name: COLUMN notification_preferences.type; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notification_preferences.type IS 'The kind of notification.';


--
-- Name: COLUMN notification_preferences.enabled; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notification_preferences.enabled IS 'Whether the person gets notifications of this kind.';


--
-- Name: notifications; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.notifications (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    user_id uuid NOT NULL,
    ticket_id uuid,
    comment_id uuid,
    type helpdesk.notification_type NOT NULL,
    content jsonb NOT NULL,
    read boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '30 days'::interval) NOT NULL
);


ALTER TABLE helpdesk.notifications OWNER TO helpdesk_owner;

--
-- Name: TABLE notifications; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.notifications IS 'Notifications, each for one person. Triggers write them for people who may read what happened, and
  delete those about tickets that a person may no longer see. They are kept for 30 days or for
  organizations.notification_retention.';


--
-- Name: COLUMN notifications.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.org_id IS 'The organization.';


--
-- Name: COLUMN notifications.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.id IS 'The notification. UUIDv7.';


--
-- Name: COLUMN notifications.user_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.user_id IS 'The recipient (helpdesk.profiles.id).';


--
-- Name: COLUMN notifications.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.ticket_id IS 'The ticket that it is about; null for one of an application without a ticket. Deleting the ticket
  deletes the notification.';


--
-- Name: COLUMN notifications.comment_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.comment_id IS 'The comment that it is about, if any. Deleting the comment deletes the notification.';


--
-- Name: COLUMN notifications.type; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.type IS 'The kind of event.';


--
-- Name: COLUMN notifications.content; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.content IS 'Details: ticket_id, number and title of the ticket, actor ({id, name}, or null for the system) and
  is_internal. For a change of stage also old_status, new_status, old_stage and new_stage (the names
  of the stages); for one of priority old_priority and new_priority; for a comment comment_id,
  commenter and comment (its first 200 characters); for a file attachment_id. create_notification()
  describes those of type custom.';


--
-- Name: COLUMN notifications.read; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.read IS 'Whether the recipient has read it. A ticket that the requester opened themself arrives read.';


--
-- Name: COLUMN notifications.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.created_at IS 'When the event happened.';


--
-- Name: COLUMN notifications.expires_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.notifications.expires_at IS 'When it expires. Later calls of cleanup_old_notifications() delete it.';


--
-- Name: org_invites; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.org_invites (
    org_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    role helpdesk.user_role DEFAULT 'customer'::helpdesk.user_role NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '7 days'::interval) NOT NULL,
    created_by uuid DEFAULT helpdesk.my_profile_id(),
    used_at timestamp with time zone,
    used_by uuid,
    CONSTRAINT org_invites_email_check CHECK (((char_length(email) <= 320) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT org_invites_expires_at_check CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '366 days'::interval)))),
    CONSTRAINT org_invites_used_by_check CHECK (((used_at IS NULL) = (used_by IS NULL)))
);
ALTER TABLE ONLY helpdesk.org_invites ALTER COLUMN email SET STATISTICS 0;


ALTER TABLE helpdesk.org_invites OWNER TO helpdesk_owner;

--
-- Name: TABLE org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.org_invites IS 'Invites to an organization. An invite is accepted once, by the person who has confirmed the e-mail
  address in it. Revoking deletes a pending invite; accepted invites are kept.';


--
-- Name: COLUMN org_invites.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.org_id IS 'The organization.';


--
-- Name: COLUMN org_invites.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.id IS 'The invite, a random UUID. The link that the application mails contains it.';


--
-- Name: COLUMN org_invites.email; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.email IS 'Address of the invited person. The case of ASCII letters is ignored.';


--
-- Name: COLUMN org_invites.role; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.role IS 'Role that the person gets: customer (org_customer), agent (org_agent) or admin (org_admin). Both
  spellings may be written; the one without org_ is stored.';


--
-- Name: COLUMN org_invites.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.created_at IS 'When the invite was created.';


--
-- Name: COLUMN org_invites.expires_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.expires_at IS 'When the invite expires; at most 366 days after it was created.';


--
-- Name: COLUMN org_invites.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.created_by IS 'The profile that sent the invite, which is valid only while that person may invite. Null for a
  backend or the database administrator.';


--
-- Name: COLUMN org_invites.used_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.used_at IS 'When the invite was accepted; null until then.';


--
-- Name: COLUMN org_invites.used_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_invites.used_by IS 'The profile that accepted it.';


--
-- Name: org_members; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.org_members (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    org_role text NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    added_by uuid DEFAULT helpdesk.my_profile_id(),
    may_be_assigned boolean DEFAULT false NOT NULL,
    CONSTRAINT org_members_org_role_check CHECK ((org_role = ANY (ARRAY['org_admin'::text, 'org_agent'::text, 'org_customer'::text])))
);


ALTER TABLE helpdesk.org_members OWNER TO helpdesk_owner;

--
-- Name: TABLE org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.org_members IS 'Which profile is a member of which organization, and in which role. It decides all access.';


--
-- Name: COLUMN org_members.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_members.org_id IS 'The organization.';


--
-- Name: COLUMN org_members.user_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_members.user_id IS 'The member (helpdesk.profiles.id).';


--
-- Name: COLUMN org_members.org_role; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_members.org_role IS 'org_admin, org_agent or org_customer; admin, agent and customer are stored so. Admins and agents
  together are the staff.';


--
-- Name: COLUMN org_members.added_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_members.added_at IS 'When the membership began.';


--
-- Name: COLUMN org_members.added_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_members.added_by IS 'The profile that added the member; null for the database administrator or a backend.';


--
-- Name: COLUMN org_members.may_be_assigned; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.org_members.may_be_assigned IS 'Whether tickets can be assigned to this member even if they are not staff.';


--
-- Name: organizations; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.organizations (
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid DEFAULT helpdesk.ensure_profile() NOT NULL,
    agents_may_invite boolean DEFAULT false NOT NULL,
    open_to_customers boolean DEFAULT false NOT NULL,
    reopen_on_customer_comment boolean DEFAULT true NOT NULL,
    closed_ticket_replies text DEFAULT 'reopen'::text NOT NULL,
    notification_retention interval DEFAULT '30 days'::interval NOT NULL,
    search_language text DEFAULT 'simple'::text NOT NULL,
    search_ignores_accents boolean DEFAULT true NOT NULL,
    sort_locale text,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    CONSTRAINT organizations_closed_ticket_replies_check CHECK ((closed_ticket_replies = ANY (ARRAY['reopen'::text, 'refuse'::text]))),
    CONSTRAINT organizations_name_check CHECK (helpdesk.is_text(name, 200)),
    CONSTRAINT organizations_notification_retention_check CHECK (((notification_retention >= '01:00:00'::interval) AND (notification_retention <= '10 years'::interval)))
);
ALTER TABLE ONLY helpdesk.organizations ALTER COLUMN name SET STATISTICS 0;


ALTER TABLE helpdesk.organizations OWNER TO helpdesk_owner;

--
-- Name: TABLE organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.organizations IS 'A tenant. Nothing in it is visible to another organization.';


--
-- Name: COLUMN organizations.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.id IS 'The tenant. The primary key of every tenant table starts with it. UUIDv7.';


--
-- Name: COLUMN organizations.name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.name IS 'Display name, 1 to 200 characters; not unique.';


--
-- Name: COLUMN organizations.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.created_at IS 'When the organization was created.';


--
-- Name: COLUMN organizations.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.created_by IS 'The profile that created it and became its first org_admin.';


--
-- Name: COLUMN organizations.agents_may_invite; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.agents_may_invite IS 'Whether agents may invite customers. Admins invite anybody.';


--
-- Name: COLUMN organizations.open_to_customers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.open_to_customers IS 'Whether anybody with a confirmed e-mail address may join as customer by join_organization().';


--
-- Name: COLUMN organizations.reopen_on_customer_comment; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.reopen_on_customer_comment IS 'Whether a public comment by the requester reopens a pending or resolved ticket.';


--
-- Name: COLUMN organizations.closed_ticket_replies; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.closed_ticket_replies IS 'What a public comment or file by the requester does to a closed ticket: reopen, or refuse, an error
  that says to open a new ticket.';


--
-- Name: COLUMN organizations.notification_retention; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.notification_retention IS 'How long notifications are kept: 1 hour to 10 years.';


--
-- Name: COLUMN organizations.search_language; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.search_language IS 'Text search configuration for its texts, such as english or german. The default, simple, indexes
  words as they are written. Changing it rebuilds the full-text index of the organization; with more
  than 10,000 documents in batches, by continue_search_rebuild().';


--
-- Name: COLUMN organizations.search_ignores_accents; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.search_ignores_accents IS 'Whether a search for cafe also finds café, after what is written exactly so.';


--
-- Name: COLUMN organizations.sort_locale; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.sort_locale IS 'BCP 47 tag of the language in whose order titles and names are sorted, such as cs or
  de-u-co-phonebk. Null: the language of search_language; for simple, the order that suits most
  languages.';


--
-- Name: COLUMN organizations.time_zone; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.organizations.time_zone IS 'Time zone of the days in ticket_activity(), such as Europe/Berlin. Days before a change of the time
  zone stay as they were counted.';


--
-- Name: queue_watchers; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.queue_watchers (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    workflow_id uuid,
    user_id uuid NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE helpdesk.queue_watchers OWNER TO helpdesk_owner;

--
-- Name: TABLE queue_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.queue_watchers IS 'Staff who watch a queue. They get notifications of its new tickets, and of the comments and files of
  customers on its unassigned tickets. They call watch_queue() to watch one.';


--
-- Name: COLUMN queue_watchers.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.queue_watchers.org_id IS 'The organization.';


--
-- Name: COLUMN queue_watchers.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.queue_watchers.id IS 'The row. UUIDv7.';


--
-- Name: COLUMN queue_watchers.workflow_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.queue_watchers.workflow_id IS 'The workflow whose tickets are watched; null means every workflow.';


--
-- Name: COLUMN queue_watchers.user_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.queue_watchers.user_id IS 'The watcher (helpdesk.profiles.id). The row ends with the membership as staff.';


--
-- Name: COLUMN queue_watchers.added_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.queue_watchers.added_at IS 'When the person began to watch.';


--
-- Name: schema_version; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.schema_version (
    version integer NOT NULL,
    installed_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE helpdesk.schema_version OWNER TO helpdesk_owner;

--
-- Name: TABLE schema_version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.schema_version IS 'Schema version of the tables. Exactly one row.';


--
-- Name: COLUMN schema_version.version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.schema_version.version IS 'Incremented by each release that changes tables. Functions refuse tables of another version.';


--
-- Name: COLUMN schema_version.installed_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.schema_version.installed_at IS 'When the tables were created in, or migrated to, this version.';


--
-- Name: search_documents; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.search_documents (
    org_id uuid NOT NULL,
    document_id uuid NOT NULL,
    kind text NOT NULL,
    ticket_id uuid,
    is_internal boolean NOT NULL,
    lexemes tsvector NOT NULL
)
WITH (toast_tuple_target='4080');
ALTER TABLE ONLY helpdesk.search_documents ALTER COLUMN lexemes SET STATISTICS 0;


ALTER TABLE helpdesk.search_documents OWNER TO helpdesk_owner;

--
-- Name: TABLE search_documents; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.search_documents IS 'Lexemes of tickets, comments, names of files, articles and people, for search(). Each lexeme is
  prefixed with one letter for the kind of document and four for the organization, so that a search
  reads only the index entries of one organization, no matter how large the others are.';


--
-- Name: COLUMN search_documents.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_documents.org_id IS 'The organization.';


--
-- Name: COLUMN search_documents.document_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_documents.document_id IS 'The ticket, comment, attachment, article or person (helpdesk.profiles.id).';


--
-- Name: COLUMN search_documents.kind; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_documents.kind IS 'ticket, comment, attachment, article or person.';


--
-- Name: COLUMN search_documents.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_documents.ticket_id IS 'The ticket, or that of the comment or attachment; null for an article or a person.';


--
-- Name: COLUMN search_documents.is_internal; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_documents.is_internal IS 'Whether only staff can read it.';


--
-- Name: COLUMN search_documents.lexemes; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_documents.lexemes IS 'Lexemes of the first 100,000 characters in the search_language of the organization, with weight A
  for those of the title. Made by document_lexemes(). Words with accents are added again without
  them, marked by ~. Lexemes of an article''s title are added again under a separate kind. The prefix
  alone is a lexeme too: it finds all documents of a kind. A ticket has the ids of its requester and
  assignee, marked by @.';


--
-- Name: search_rebuilds; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.search_rebuilds (
    org_id uuid NOT NULL,
    previous_languages text[] DEFAULT '{}'::text[] NOT NULL,
    documents bigint NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    step integer DEFAULT 0 NOT NULL,
    last_id uuid,
    started_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE helpdesk.search_rebuilds OWNER TO helpdesk_owner;

--
-- Name: TABLE search_rebuilds; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.search_rebuilds IS 'The organizations whose full-text index is being rebuilt in batches, by continue_search_rebuild().';


--
-- Name: COLUMN search_rebuilds.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.org_id IS 'The organization.';


--
-- Name: COLUMN search_rebuilds.previous_languages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.previous_languages IS 'The languages of documents that are not rebuilt yet. Searches also use them.';


--
-- Name: COLUMN search_rebuilds.documents; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.documents IS 'About how many documents are to be read: each twice, to write it and to find those without a row.';


--
-- Name: COLUMN search_rebuilds.done; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.done IS 'How many have been read.';


--
-- Name: COLUMN search_rebuilds.step; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.step IS 'What is being read: the number of the step.';


--
-- Name: COLUMN search_rebuilds.last_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.last_id IS 'The last row that was read in this step.';


--
-- Name: COLUMN search_rebuilds.started_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.search_rebuilds.started_at IS 'When the rebuild was started, or the language changed last.';


--
-- Name: ticket_agent_counts; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_agent_counts (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    priority helpdesk.ticket_priority NOT NULL,
    ticket_count bigint NOT NULL
);


ALTER TABLE helpdesk.ticket_agent_counts OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_agent_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_agent_counts IS 'Number of tickets of each assignee in each stage, without pending deltas.';


--
-- Name: COLUMN ticket_agent_counts.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_agent_counts.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_agent_counts.agent_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_agent_counts.agent_id IS 'The assignee; 00000000-0000-0000-0000-000000000000 for unassigned tickets.';


--
-- Name: COLUMN ticket_agent_counts.stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_agent_counts.stage_id IS 'The stage.';


--
-- Name: COLUMN ticket_agent_counts.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_agent_counts.priority IS 'The priority.';


--
-- Name: COLUMN ticket_agent_counts.ticket_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_agent_counts.ticket_count IS 'Number of tickets.';


--
-- Name: ticket_articles; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_articles (
    org_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    ticket_id uuid NOT NULL,
    article_id uuid NOT NULL,
    linked_by uuid DEFAULT helpdesk.my_profile_id(),
    linked_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE helpdesk.ticket_articles OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_articles IS 'Articles that staff have linked to tickets.';


--
-- Name: COLUMN ticket_articles.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_articles.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_articles.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_articles.ticket_id IS 'The ticket.';


--
-- Name: COLUMN ticket_articles.article_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_articles.article_id IS 'The article.';


--
-- Name: COLUMN ticket_articles.linked_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_articles.linked_by IS 'The profile that linked them; null for the database administrator or a backend.';


--
-- Name: COLUMN ticket_articles.linked_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_articles.linked_at IS 'When they were linked.';


--
-- Name: ticket_attachments; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_attachments (
    org_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    ticket_id uuid NOT NULL,
    comment_id uuid,
    requester_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    file_name text NOT NULL,
    file_type text NOT NULL,
    file_size integer NOT NULL,
    storage_path text NOT NULL,
    is_internal boolean DEFAULT false NOT NULL,
    uploaded_by uuid DEFAULT helpdesk.my_profile_id() NOT NULL,
    uploaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ticket_attachments_file_name_check CHECK ((helpdesk.is_text(file_name, 255) AND (file_name !~ '[\u0001-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]'::text))),
    CONSTRAINT ticket_attachments_file_size_check CHECK ((file_size >= 0)),
    CONSTRAINT ticket_attachments_file_type_check CHECK ((helpdesk.is_text(file_type, 255) AND (file_type !~ '[\u0001-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]'::text))),
    CONSTRAINT ticket_attachments_storage_path_check CHECK ((helpdesk.is_text(storage_path, 1024) AND (storage_path !~ '(^/|\\|[[:cntrl:]]|(^|/)\.{1,2}(/|$))'::text)))
);
ALTER TABLE ONLY helpdesk.ticket_attachments ALTER COLUMN file_name SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.ticket_attachments ALTER COLUMN file_type SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.ticket_attachments ALTER COLUMN storage_path SET STATISTICS 0;


ALTER TABLE helpdesk.ticket_attachments OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_attachments IS 'Files attached to tickets: what they are and where they are stored. The files themselves are not in
  the database.';


--
-- Name: COLUMN ticket_attachments.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_attachments.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.id IS 'The attachment. UUIDv7.';


--
-- Name: COLUMN ticket_attachments.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.ticket_id IS 'The ticket. Never changes.';


--
-- Name: COLUMN ticket_attachments.comment_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.comment_id IS 'The comment that it belongs to: one of the uploader on the same ticket, with the same visibility,
  and deleted with it; null if it belongs to the ticket alone. Never changes.';


--
-- Name: COLUMN ticket_attachments.requester_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.requester_id IS 'Copy of tickets.created_by, so that an index can find a customer''s own files. A trigger sets it.';


--
-- Name: COLUMN ticket_attachments.file_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.file_name IS 'Display name, 1 to 255 characters in one line.';


--
-- Name: COLUMN ticket_attachments.file_type; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.file_type IS 'Media type, such as image/png. An empty one becomes application/octet-stream.';


--
-- Name: COLUMN ticket_attachments.file_size; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.file_size IS 'Size in bytes.';


--
-- Name: COLUMN ticket_attachments.storage_path; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.storage_path IS 'Path of the file in storage: a relative path of 1 to 1,024 characters. In Supabase Storage it is
  <organization>/<ticket>/<name>.';


--
-- Name: COLUMN ticket_attachments.is_internal; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.is_internal IS 'Whether only staff can read it. Never changes.';


--
-- Name: COLUMN ticket_attachments.uploaded_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.uploaded_by IS 'The profile that uploaded it. Never changes.';


--
-- Name: COLUMN ticket_attachments.uploaded_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_attachments.uploaded_at IS 'When it was uploaded.';


--
-- Name: ticket_comments; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_comments (
    org_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    ticket_id uuid NOT NULL,
    requester_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    content text NOT NULL,
    is_internal boolean DEFAULT false NOT NULL,
    created_by uuid DEFAULT helpdesk.my_profile_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    external_id text,
    CONSTRAINT ticket_comments_content_check CHECK (helpdesk.is_text(content, 100000)),
    CONSTRAINT ticket_comments_external_id_check CHECK (helpdesk.is_text(external_id, 255))
);
ALTER TABLE ONLY helpdesk.ticket_comments ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.ticket_comments ALTER COLUMN external_id SET STATISTICS 0;


ALTER TABLE helpdesk.ticket_comments OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_comments IS 'Comments on tickets.';


--
-- Name: COLUMN ticket_comments.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_comments.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.id IS 'The comment. UUIDv7.';


--
-- Name: COLUMN ticket_comments.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.ticket_id IS 'The ticket. Never changes.';


--
-- Name: COLUMN ticket_comments.requester_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.requester_id IS 'Copy of tickets.created_by, so that an index can find a customer''s own conversations. A trigger sets
  it.';


--
-- Name: COLUMN ticket_comments.content; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.content IS 'The text, 1 to 100,000 characters.';


--
-- Name: COLUMN ticket_comments.is_internal; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.is_internal IS 'Whether only staff can read it. Never changes.';


--
-- Name: COLUMN ticket_comments.created_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.created_by IS 'The author. Never changes.';


--
-- Name: COLUMN ticket_comments.created_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.created_at IS 'When the comment was written.';


--
-- Name: COLUMN ticket_comments.updated_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.updated_at IS 'When it was last edited.';


--
-- Name: COLUMN ticket_comments.external_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_comments.external_id IS 'The comment''s id in the help desk from which import_tickets() brought it; null for all others.
  Unique on the ticket.';


--
-- Name: ticket_counters; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_counters (
    org_id uuid NOT NULL,
    last_number bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='20');


ALTER TABLE helpdesk.ticket_counters OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_counters; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_counters IS 'The last ticket number of each organization.';


--
-- Name: COLUMN ticket_counters.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_counters.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_counters.last_number; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_counters.last_number IS 'The number assigned last. A ticket that is rolled back leaves no gap.';


--
-- Name: ticket_days_by_agent; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_days_by_agent (
    org_id uuid NOT NULL,
    day date NOT NULL,
    agent_id uuid NOT NULL,
    created bigint NOT NULL,
    resolved bigint NOT NULL,
    closed bigint NOT NULL,
    reopened bigint NOT NULL,
    first_response_buckets smallint[] NOT NULL,
    resolution_buckets smallint[] NOT NULL
);


ALTER TABLE helpdesk.ticket_days_by_agent OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_days_by_agent; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_days_by_agent IS 'Activity per day and agent, in the time zone that the organization had at the time. Call
  ticket_activity() to read it.';


--
-- Name: COLUMN ticket_days_by_agent.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_days_by_agent.day; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.day IS 'The day.';


--
-- Name: COLUMN ticket_days_by_agent.agent_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.agent_id IS 'The assignee at the time, or for first responses their author; 00000000-0000-0000-0000-000000000000
  for unassigned tickets.';


--
-- Name: COLUMN ticket_days_by_agent.created; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.created IS 'Number of tickets created.';


--
-- Name: COLUMN ticket_days_by_agent.resolved; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.resolved IS 'Number of tickets resolved, or closed without being resolved.';


--
-- Name: COLUMN ticket_days_by_agent.closed; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.closed IS 'Number of tickets closed.';


--
-- Name: COLUMN ticket_days_by_agent.reopened; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.reopened IS 'Number of tickets reopened.';


--
-- Name: COLUMN ticket_days_by_agent.first_response_buckets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.first_response_buckets IS 'One element per first response: the smallest n for which it took at most 1.05 ^ n seconds.';


--
-- Name: COLUMN ticket_days_by_agent.resolution_buckets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_agent.resolution_buckets IS 'One element per resolution, computed in the same way.';


--
-- Name: ticket_days_by_priority; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_days_by_priority (
    org_id uuid NOT NULL,
    day date NOT NULL,
    priority helpdesk.ticket_priority NOT NULL,
    created bigint NOT NULL,
    resolved bigint NOT NULL,
    closed bigint NOT NULL,
    reopened bigint NOT NULL,
    first_response_buckets smallint[] NOT NULL,
    resolution_buckets smallint[] NOT NULL
);


ALTER TABLE helpdesk.ticket_days_by_priority OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_days_by_priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_days_by_priority IS 'Activity per day and priority, in the time zone that the organization had at the time. Call
  ticket_activity() to read it.';


--
-- Name: COLUMN ticket_days_by_priority.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_days_by_priority.day; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.day IS 'The day.';


--
-- Name: COLUMN ticket_days_by_priority.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.priority IS 'Priority of the tickets at the time.';


--
-- Name: COLUMN ticket_days_by_priority.created; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.created IS 'Number of tickets created.';


--
-- Name: COLUMN ticket_days_by_priority.resolved; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.resolved IS 'Number of tickets resolved, or closed without being resolved.';


--
-- Name: COLUMN ticket_days_by_priority.closed; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.closed IS 'Number of tickets closed.';


--
-- Name: COLUMN ticket_days_by_priority.reopened; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.reopened IS 'Number of tickets reopened.';


--
-- Name: COLUMN ticket_days_by_priority.first_response_buckets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.first_response_buckets IS 'One element per first response: the smallest n for which it took at most 1.05 ^ n seconds.';


--
-- Name: COLUMN ticket_days_by_priority.resolution_buckets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_days_by_priority.resolution_buckets IS 'One element per resolution, computed in the same way.';


--
-- Name: ticket_history; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_history (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    requester_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    description text,
    priority helpdesk.ticket_priority NOT NULL,
    status text NOT NULL,
    assigned_to uuid,
    workflow_stage_id uuid NOT NULL,
    changed_by uuid,
    changed_at timestamp with time zone NOT NULL,
    previous_history_id uuid,
    changes jsonb NOT NULL
);
ALTER TABLE ONLY helpdesk.ticket_history ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE ONLY helpdesk.ticket_history ALTER COLUMN description SET STATISTICS 0;


ALTER TABLE helpdesk.ticket_history OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_history IS 'Every revision of every ticket: the full state after the change, and what changed. Only triggers
  write it. Revisions never change, apart from requester_id, and are deleted only together with
  their ticket.';


--
-- Name: COLUMN ticket_history.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_history.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.id IS 'The revision. UUIDv7.';


--
-- Name: COLUMN ticket_history.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.ticket_id IS 'The ticket.';


--
-- Name: COLUMN ticket_history.requester_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.requester_id IS 'Copy of tickets.created_by, so that an index can find a customer''s own history.';


--
-- Name: COLUMN ticket_history.version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.version IS 'tickets.version after the change.';


--
-- Name: COLUMN ticket_history.title; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.title IS 'Title after the change.';


--
-- Name: COLUMN ticket_history.description; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.description IS 'Description after the change.';


--
-- Name: COLUMN ticket_history.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.priority IS 'Priority after the change.';


--
-- Name: COLUMN ticket_history.status; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.status IS 'Status after the change.';


--
-- Name: COLUMN ticket_history.assigned_to; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.assigned_to IS 'Assignee after the change.';


--
-- Name: COLUMN ticket_history.workflow_stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.workflow_stage_id IS 'Stage after the change.';


--
-- Name: COLUMN ticket_history.changed_by; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.changed_by IS 'Author of the change; null for the system: the database administrator, or a backend for which nobody
  is signed in.';


--
-- Name: COLUMN ticket_history.changed_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.changed_at IS 'When the change was made.';


--
-- Name: COLUMN ticket_history.previous_history_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.previous_history_id IS 'The previous revision; null for the first one. The triggers write one chain per ticket; the foreign
  key only requires a revision of the same ticket.';


--
-- Name: COLUMN ticket_history.changes; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_history.changes IS '{"type": "created", "fields": {field: value}} or {"type": "updated", "fields": {field: {"from":
  value, "to": value}}}. The fields are title, description, priority, status, workflow, stage,
  assignedTo and, when it changes, createdBy.';


--
-- Name: ticket_stage_counts; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_stage_counts (
    org_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    priority helpdesk.ticket_priority NOT NULL,
    ticket_count bigint NOT NULL,
    entered_epoch_sum numeric NOT NULL
);


ALTER TABLE helpdesk.ticket_stage_counts OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_stage_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_stage_counts IS 'Number of tickets in each stage, without pending deltas. Read workflow_stage_stats instead.';


--
-- Name: COLUMN ticket_stage_counts.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stage_counts.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_stage_counts.stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stage_counts.stage_id IS 'The stage.';


--
-- Name: COLUMN ticket_stage_counts.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stage_counts.priority IS 'The priority.';


--
-- Name: COLUMN ticket_stage_counts.ticket_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stage_counts.ticket_count IS 'Number of tickets.';


--
-- Name: COLUMN ticket_stage_counts.entered_epoch_sum; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stage_counts.entered_epoch_sum IS 'Sum of the times at which they entered the stage, each in seconds since 1970.';


--
-- Name: ticket_stat_deltas; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_stat_deltas (
    org_id uuid NOT NULL,
    id uuid DEFAULT helpdesk.uuid_generate_v7() NOT NULL,
    metric text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    stage_id uuid,
    priority helpdesk.ticket_priority NOT NULL,
    agent_id uuid,
    ticket_delta integer NOT NULL,
    seconds double precision
);


ALTER TABLE helpdesk.ticket_stat_deltas OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_stat_deltas; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_stat_deltas IS 'Changes of tickets that the counts do not include yet. A trigger writes them with every change;
  refresh_ticket_stats() folds them into the counts.';


--
-- Name: COLUMN ticket_stat_deltas.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_stat_deltas.id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.id IS 'The row. UUIDv7.';


--
-- Name: COLUMN ticket_stat_deltas.metric; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.metric IS 'opened: the ticket was created, and entered its stage at the same time. stage: ticket_delta tickets
  entered or left the stage. created, resolved, closed, reopened, first_response, resolution: one
  ticket each.';


--
-- Name: COLUMN ticket_stat_deltas.occurred_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.occurred_at IS 'When it happened; for stage, when the ticket entered the stage.';


--
-- Name: COLUMN ticket_stat_deltas.stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.stage_id IS 'The stage; null if the metric does not depend on it.';


--
-- Name: COLUMN ticket_stat_deltas.priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.priority IS 'Priority of the ticket.';


--
-- Name: COLUMN ticket_stat_deltas.agent_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.agent_id IS 'The assignee, or for first_response the author of the response; null if there is none.';


--
-- Name: COLUMN ticket_stat_deltas.ticket_delta; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.ticket_delta IS 'Number to add to the count of tickets; may be negative.';


--
-- Name: COLUMN ticket_stat_deltas.seconds; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_stat_deltas.seconds IS 'For first_response and resolution: seconds since the ticket was created.';


--
-- Name: ticket_watchers; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.ticket_watchers (
    org_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    ticket_id uuid NOT NULL,
    user_id uuid NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE helpdesk.ticket_watchers OWNER TO helpdesk_owner;

--
-- Name: TABLE ticket_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.ticket_watchers IS 'Watchers of tickets. They get the notifications that the requester and the assignee get, unless they
  may not read what a notification is about.';


--
-- Name: COLUMN ticket_watchers.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_watchers.org_id IS 'The organization.';


--
-- Name: COLUMN ticket_watchers.ticket_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_watchers.ticket_id IS 'The ticket.';


--
-- Name: COLUMN ticket_watchers.user_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_watchers.user_id IS 'The watcher (helpdesk.profiles.id).';


--
-- Name: COLUMN ticket_watchers.added_at; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.ticket_watchers.added_at IS 'When the person began to watch.';


--
-- Name: workflow_stage_stats; Type: VIEW; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE VIEW helpdesk.workflow_stage_stats WITH (security_invoker='true') AS
 SELECT s.id AS stage_id,
    s.workflow_id,
    s.name AS stage_name,
    s.org_id,
    (COALESCE(sum(n.ticket_count), (0)::numeric))::bigint AS ticket_count,
        CASE
            WHEN (sum(n.ticket_count) > (0)::numeric) THEN (((((EXTRACT(epoch FROM now()) * sum(n.ticket_count)) - sum(n.entered_epoch_sum)) / sum(n.ticket_count)) / (3600)::numeric))::double precision
            ELSE NULL::double precision
        END AS avg_hours_in_stage,
    (COALESCE(sum(n.ticket_count) FILTER (WHERE (n.priority = ANY (ARRAY['high'::helpdesk.ticket_priority, 'urgent'::helpdesk.ticket_priority]))), (0)::numeric))::bigint AS high_priority_count
   FROM (helpdesk.workflow_stages s
     LEFT JOIN ( SELECT c.org_id,
            c.stage_id,
            c.priority,
            c.ticket_count,
            c.entered_epoch_sum
           FROM helpdesk.ticket_stage_counts c
        UNION ALL
         SELECT d.org_id,
            d.stage_id,
            d.priority,
            d.ticket_delta,
            ((d.ticket_delta)::numeric * EXTRACT(epoch FROM d.occurred_at))
           FROM helpdesk.ticket_stat_deltas d
          WHERE (d.metric = ANY (ARRAY['opened'::text, 'stage'::text]))) n ON (((n.org_id = s.org_id) AND (n.stage_id = s.id))))
  WHERE ((s.org_id = ANY (helpdesk.my_staff_org_ids())) OR ( SELECT helpdesk.bypasses_row_security() AS bypasses_row_security))
  GROUP BY s.org_id, s.id, s.workflow_id, s.name, s.is_active
 HAVING (s.is_active OR (sum(n.ticket_count) > (0)::numeric));


ALTER TABLE helpdesk.workflow_stage_stats OWNER TO helpdesk_owner;

--
-- Name: VIEW workflow_stage_stats; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON VIEW helpdesk.workflow_stage_stats IS 'Number of tickets in each stage, and how long they have been there, for staff. A retired stage is
  listed while it has tickets. Always exact: it adds the pending deltas to the folded counts.';


--
-- Name: COLUMN workflow_stage_stats.stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.stage_id IS 'The stage.';


--
-- Name: COLUMN workflow_stage_stats.workflow_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.workflow_id IS 'The workflow of the stage.';


--
-- Name: COLUMN workflow_stage_stats.stage_name; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.stage_name IS 'Name of the stage.';


--
-- Name: COLUMN workflow_stage_stats.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.org_id IS 'The organization.';


--
-- Name: COLUMN workflow_stage_stats.ticket_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.ticket_count IS 'Number of tickets in the stage.';


--
-- Name: COLUMN workflow_stage_stats.avg_hours_in_stage; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.avg_hours_in_stage IS 'Average number of hours that they have been in the stage; null if there are none.';


--
-- Name: COLUMN workflow_stage_stats.high_priority_count; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_stage_stats.high_priority_count IS 'Number of them with priority high or urgent.';


--
-- Name: workflow_transitions; Type: TABLE; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TABLE helpdesk.workflow_transitions (
    org_id uuid NOT NULL,
    workflow_id uuid NOT NULL,
    from_stage_id uuid NOT NULL,
    to_stage_id uuid NOT NULL,
    min_role text DEFAULT 'org_agent'::text NOT NULL,
    CONSTRAINT workflow_transitions_min_role_check CHECK ((min_role = ANY (ARRAY['org_agent'::text, 'org_admin'::text]))),
    CONSTRAINT workflow_transitions_to_stage_id_check CHECK ((to_stage_id <> from_stage_id))
);


ALTER TABLE helpdesk.workflow_transitions OWNER TO helpdesk_owner;

--
-- Name: TABLE workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TABLE helpdesk.workflow_transitions IS 'The moves that a workflow allows. A workflow without rows here allows every move.';


--
-- Name: COLUMN workflow_transitions.org_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_transitions.org_id IS 'The organization.';


--
-- Name: COLUMN workflow_transitions.workflow_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_transitions.workflow_id IS 'The workflow.';


--
-- Name: COLUMN workflow_transitions.from_stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_transitions.from_stage_id IS 'The stage that a ticket leaves.';


--
-- Name: COLUMN workflow_transitions.to_stage_id; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_transitions.to_stage_id IS 'The stage that it enters.';


--
-- Name: COLUMN workflow_transitions.min_role; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON COLUMN helpdesk.workflow_transitions.min_role IS 'Who may make the move: org_agent (all staff) or org_admin (admins only).';


--
-- Name: invoices; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.invoices (
    id integer NOT NULL,
    org_id uuid NOT NULL,
    urgency helpdesk.ticket_priority
);


ALTER TABLE public.invoices OWNER TO postgres;

--
-- Name: open_tickets; Type: VIEW; Schema: public; Owner: postgres
--

CREATE VIEW public.open_tickets WITH (security_invoker='true') AS
 SELECT tickets.org_id,
    tickets.number,
    tickets.title,
    tickets.external_ref
   FROM helpdesk.tickets
  WHERE (tickets.status = 'open'::text);


ALTER TABLE public.open_tickets OWNER TO postgres;

--
-- Data for Name: users; Type: TABLE DATA; Schema: auth; Owner: postgres
--

COPY auth.users (id, email, email_confirmed_at, phone, raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at) FROM stdin;
f8356e51-1502-4148-9c61-ab2ae75ce60f	ada@example.com	2026-11-30 12:29:28.042378+00	\N	\N	{"full_name": "Ada"}	f	2026-11-30 12:29:28.042378+00
9570fda2-4ac8-4e08-93ed-55272e7dfeec	ben@example.com	2026-11-30 12:29:28.055362+00	\N	\N	{"full_name": "Ben"}	f	2026-11-30 12:29:28.055362+00
52d887de-5aba-485c-b225-6ad30ebaf57d	alice@example.com	2026-11-30 12:29:28.057155+00	\N	\N	{"full_name": "Alice"}	f	2026-11-30 12:29:28.057155+00
60ff9dfe-28e7-4a06-955a-7887d7d99350	dave@example.com	2026-11-30 12:29:28.058162+00	\N	\N	{"full_name": "Dave"}	f	2026-11-30 12:29:28.058162+00
c5564b1a-d7eb-487b-b31d-4922cba3594d	gina@example.com	2026-11-30 12:29:28.059614+00	\N	\N	{"full_name": "Gina"}	f	2026-11-30 12:29:28.059614+00
b195c012-0d8c-4c84-ba89-e9354d2dba6a	hank@example.com	2026-11-30 12:29:28.065713+00	\N	\N	{"full_name": "Hank"}	f	2026-11-30 12:29:28.065713+00
1ee73fc6-683f-4cc5-92c6-98c554fe970b	mallory@example.com	2026-11-30 12:29:28.067788+00	\N	\N	{"full_name": "Mallory"}	f	2026-11-30 12:29:28.067788+00
8f5e7ca4-00f0-42ab-b51f-830df56b3b88	newcomer@example.com	2026-11-30 12:29:28.52527+00	\N	\N	{"full_name": "Newcomer"}	f	2026-11-30 12:29:28.52527+00
\.


--
-- Data for Name: admin_invite_codes; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.admin_invite_codes (code, created_at, expires_at, created_by, used_at, used_by) FROM stdin;
abb43ee3adc0d228e1fb64a980b8be588695b7c104cccaec1e6addd55c984e44	2026-11-30 12:29:28.563446+00	2026-12-07 12:29:28.563446+00	\N	\N	\N
\.


--
-- Data for Name: article_feedback; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.article_feedback (org_id, article_id, user_id, helpful, comment, created_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e85-7667-af22-7dd24c65fbec	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	t	Phew	2026-11-30 12:29:28.602825+00
\.


--
-- Data for Name: article_versions; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.article_versions (org_id, id, article_id, version, title, content, created_at, created_by) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e8a-77ca-8571-aa6776543428	01a22c6e-7e85-7667-af22-7dd24c65fbec	1	Putting out a printer	Use sand.	2026-11-30 12:29:28.58114+00	01a22c6e-7c77-7247-8b8a-445e2e91a67b
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e8a-77ca-8571-aa68f8a11319	01a22c6e-7e87-71dc-ab9c-3ff2ebc887c1	1	Not yet	Draft.	2026-11-30 12:29:28.58114+00	01a22c6e-7c77-7247-8b8a-445e2e91a67b
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e8c-7224-9134-5fcf66dd2130	01a22c6e-7e85-7667-af22-7dd24c65fbec	2	Putting out a printer	Use foam.	2026-11-30 12:29:28.587489+00	01a22c6e-7c77-7247-8b8a-445e2e91a67b
\.


--
-- Data for Name: articles; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.articles (org_id, id, title, content, categories, tags, author, visibility, status, created_at, updated_at, published_at, version, helpful_count, unhelpful_count, title_key) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e87-71dc-ab9c-3ff2ebc887c1	Not yet	Draft.	{}	{}	01a22c6e-7c77-7247-8b8a-445e2e91a67b	internal	draft	2026-11-30 12:29:28.58114+00	2026-11-30 12:29:28.58114+00	\N	1	0	0	\\x454751045b3351010b01dc0a
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e85-7667-af22-7dd24c65fbec	Putting out a printer	Use foam.	{Printers}	{fire}	01a22c6e-7c77-7247-8b8a-445e2e91a67b	public	published	2026-11-30 12:29:28.58114+00	2026-11-30 12:29:28.587489+00	2026-11-30 12:29:28.58114+00	2	1	0	\\x495351513b453704475351042b04494d3b4551334d011901dc18
\.


--
-- Data for Name: categories; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.categories (org_id, id, name, description, parent_id, created_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e7f-7413-bf50-fd62158493a1	Hardware	\N	\N	2026-11-30 12:29:28.573823+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e84-7203-a2b8-a5a2c4ca1328	Printers	\N	01a22c6e-7e7f-7413-bf50-fd62158493a1	2026-11-30 12:29:28.580153+00
\.


--
-- Data for Name: idempotency_keys; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.idempotency_keys (org_id, actor_id, key, ticket_id, object_id, request_digest, created_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	Printer on fire	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\\xdfb6a39ef999ef808befbaa904533805795ba515998faa95d2fc80606eb73d4d	2026-11-30 12:29:28.159995+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	No coffee	01a22c6e-7cf9-730d-8948-ad823f0bcb82	01a22c6e-7cf9-730d-8948-ad823f0bcb82	\\x3a3ecfdd8a08e3a4cb28989430a372a0c406952eacaa5756bfca429890df2829	2026-11-30 12:29:28.185504+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	It’s “odd” — 🙂\ttab\nline	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	\\x9608d5a5540f3181d921810c00199774efa485e69ad40e7cd4db9efb3f7af26b	2026-11-30 12:29:28.18867+00
\.


--
-- Data for Name: installation_settings; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.installation_settings (is_only_row, who_may_found_organizations) FROM stdin;
t	confirmed
\.


--
-- Data for Name: notification_preferences; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.notification_preferences (user_id, type, enabled) FROM stdin;
01a22c6e-7c79-76c9-ae3f-cdcb254a4400	ticket_updated	f
\.


--
-- Data for Name: notifications; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.notifications (org_id, id, user_id, ticket_id, comment_id, type, content, read, created_at, expires_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cf4-77fd-862e-5b30fc71cdd3	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	ticket_created	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "Printer on fire", "number": 1, "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "is_internal": false}	t	2026-11-30 12:29:28.159995+00	2026-12-30 12:29:28.159995+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfb-70bf-a917-6329378211be	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	01a22c6e-7cf9-730d-8948-ad823f0bcb82	\N	ticket_created	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "No coffee", "number": 2, "ticket_id": "01a22c6e-7cf9-730d-8948-ad823f0bcb82", "is_internal": false}	t	2026-11-30 12:29:28.185504+00	2026-12-30 12:29:28.185504+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfd-7223-ae45-46efaa64107d	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	\N	ticket_created	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "It’s “odd” — 🙂\\ttab\\nline", "number": 3, "ticket_id": "01a22c6e-7cfc-7261-a01a-babbb7ecb3b9", "is_internal": false}	t	2026-11-30 12:29:28.18867+00	2026-12-30 12:29:28.18867+00
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7d25-77da-acce-ce9e5544fb53	01a22c6e-7c84-72d7-af85-d4f38b8e4503	01a22c6e-7d1d-7304-a314-4b19dfd0b129	\N	ticket_created	{"actor": {"id": "01a22c6e-7c84-72d7-af85-d4f38b8e4503", "name": "Mallory"}, "title": "A ticket of Globex", "number": 1, "ticket_id": "01a22c6e-7d1d-7304-a314-4b19dfd0b129", "is_internal": false}	t	2026-11-30 12:29:28.2146+00	2026-12-30 12:29:28.2146+00
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7d25-77da-acce-ce9fc3cb068a	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	01a22c6e-7d1d-7304-a314-4b19dfd0b129	\N	ticket_created	{"actor": {"id": "01a22c6e-7c84-72d7-af85-d4f38b8e4503", "name": "Mallory"}, "title": "A ticket of Globex", "number": 1, "ticket_id": "01a22c6e-7d1d-7304-a314-4b19dfd0b129", "is_internal": false}	f	2026-11-30 12:29:28.2146+00	2026-12-30 12:29:28.2146+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d46-760e-be79-0a5e05b29e30	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	ticket_closed	{"actor": {"id": "01a22c6e-7c77-7247-8b8a-445e2e91a67b", "name": "Ben"}, "title": "Printer was on fire", "number": 1, "new_stage": "Closed", "old_stage": "New", "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "new_status": "closed", "old_status": "open", "is_internal": false}	f	2026-11-30 12:29:28.259819+00	2026-12-30 12:29:28.259819+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d6a-71f7-b4e2-81ae60509561	01a22c6e-7c7a-7683-a77b-edc2c77deccf	01a22c6e-7cf9-730d-8948-ad823f0bcb82	\N	ticket_assigned	{"actor": {"id": "01a22c6e-7c73-763a-b29b-61f1fe28531a", "name": "Ada"}, "title": "No coffee", "number": 2, "new_stage": "Waiting on customer", "old_stage": "New", "ticket_id": "01a22c6e-7cf9-730d-8948-ad823f0bcb82", "new_status": "pending", "old_status": "open", "is_internal": false}	f	2026-11-30 12:29:28.291764+00	2026-12-30 12:29:28.291764+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d6a-71f7-b4e2-81af7a0c430c	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	01a22c6e-7cf9-730d-8948-ad823f0bcb82	\N	ticket_updated	{"actor": {"id": "01a22c6e-7c73-763a-b29b-61f1fe28531a", "name": "Ada"}, "title": "No coffee", "number": 2, "new_stage": "Waiting on customer", "old_stage": "New", "ticket_id": "01a22c6e-7cf9-730d-8948-ad823f0bcb82", "new_status": "pending", "old_status": "open", "is_internal": false}	f	2026-11-30 12:29:28.291764+00	2026-12-30 12:29:28.291764+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7da6-7520-ace4-9b38da32dac3	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7da3-74b4-b495-34bacd382ea8	ticket_commented	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "Printer was on fire", "number": 1, "comment": "Alice says", "commenter": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "new_stage": "In progress", "old_stage": "Closed", "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "comment_id": "01a22c6e-7da3-74b4-b495-34bacd382ea8", "new_status": "open", "old_status": "closed", "is_internal": false}	f	2026-11-30 12:29:28.349583+00	2026-12-30 12:29:28.349583+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7db8-7346-9845-f7fd9e8ff8f8	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	ticket_file_added	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "Printer was on fire", "number": 1, "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "is_internal": false, "attachment_id": "01a22c6e-7db7-7693-904e-d8824b583fd7"}	f	2026-11-30 12:29:28.374646+00	2026-12-30 12:29:28.374646+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cf5-72be-8d6e-73b9a9caebeb	01a22c6e-7c73-763a-b29b-61f1fe28531a	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	ticket_created	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "Printer on fire", "number": 1, "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "is_internal": false}	t	2026-11-30 12:29:28.159995+00	2026-12-30 12:29:28.159995+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfb-70bf-a917-632a48e981be	01a22c6e-7c73-763a-b29b-61f1fe28531a	01a22c6e-7cf9-730d-8948-ad823f0bcb82	\N	ticket_created	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "No coffee", "number": 2, "ticket_id": "01a22c6e-7cf9-730d-8948-ad823f0bcb82", "is_internal": false}	t	2026-11-30 12:29:28.185504+00	2026-12-30 12:29:28.185504+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfd-7223-ae45-46f0b7469106	01a22c6e-7c73-763a-b29b-61f1fe28531a	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	\N	ticket_created	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "It’s “odd” — 🙂\\ttab\\nline", "number": 3, "ticket_id": "01a22c6e-7cfc-7261-a01a-babbb7ecb3b9", "is_internal": false}	t	2026-11-30 12:29:28.18867+00	2026-12-30 12:29:28.18867+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7da7-747d-ab9f-b54a6a7742d4	01a22c6e-7c73-763a-b29b-61f1fe28531a	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7da3-74b4-b495-34bacd382ea8	ticket_commented	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "Printer was on fire", "number": 1, "comment": "Alice says", "commenter": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "new_stage": "In progress", "old_stage": "Closed", "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "comment_id": "01a22c6e-7da3-74b4-b495-34bacd382ea8", "new_status": "open", "old_status": "closed", "is_internal": false}	t	2026-11-30 12:29:28.349583+00	2026-12-30 12:29:28.349583+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7db8-7346-9845-f7fedde3ff2f	01a22c6e-7c73-763a-b29b-61f1fe28531a	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	ticket_file_added	{"actor": {"id": "01a22c6e-7c79-76c9-ae3f-cdcb254a4400", "name": "Alice"}, "title": "Printer was on fire", "number": 1, "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "is_internal": false, "attachment_id": "01a22c6e-7db7-7693-904e-d8824b583fd7"}	t	2026-11-30 12:29:28.374646+00	2026-12-30 12:29:28.374646+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7dd1-7629-a303-8916a974e6e1	01a22c6e-7c73-763a-b29b-61f1fe28531a	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7dce-7656-aaea-a766d8446f06	ticket_commented	{"actor": {"id": "01a22c6e-7c77-7247-8b8a-445e2e91a67b", "name": "Ben"}, "title": "Printer was on fire", "number": 1, "comment": "Ben says", "commenter": "01a22c6e-7c77-7247-8b8a-445e2e91a67b", "ticket_id": "01a22c6e-7ce6-73d9-85cc-41f58398a0d1", "comment_id": "01a22c6e-7dce-7656-aaea-a766d8446f06", "is_internal": true}	t	2026-11-30 12:29:28.391195+00	2026-12-30 12:29:28.391195+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e28-73e2-a7d4-dec6ba69a15a	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	\N	\N	custom	{"link": "/status", "title": "Maintenance tonight"}	f	2026-11-30 12:29:28.480664+00	2026-12-30 12:29:28.480664+00
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7ecb-701b-b454-b0e39fe9a75e	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	01a22c6e-7ec2-73b8-ba2d-078d11d437db	\N	ticket_created	{"actor": {"id": "01a22c6e-7eb7-75ed-8e9c-5f6a05f153fd", "name": "Leaver"}, "title": "My last one", "number": 2, "ticket_id": "01a22c6e-7ec2-73b8-ba2d-078d11d437db", "is_internal": false}	f	2026-11-30 12:29:28.6385+00	2026-12-30 12:29:28.6385+00
\.


--
-- Data for Name: org_invites; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.org_invites (org_id, id, email, role, created_at, expires_at, created_by, used_at, used_by) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	26441c07-e4bc-410b-86be-98ec309006d9	still.pending@example.com	agent	2026-11-30 12:29:28.533901+00	2026-12-07 12:29:28.533901+00	01a22c6e-7c73-763a-b29b-61f1fe28531a	\N	\N
01a22c6e-7c99-75ae-8af3-aa00689f12e0	e1db8878-0d99-4745-8781-d52bd88b536e	newcomer@example.com	agent	2026-11-30 12:29:28.533901+00	2026-12-07 12:29:28.533901+00	01a22c6e-7c73-763a-b29b-61f1fe28531a	2026-11-30 12:29:28.551493+00	01a22c6e-7e4e-777f-812a-f3864439a7ba
\.


--
-- Data for Name: org_members; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.org_members (org_id, user_id, org_role, added_at, added_by, may_be_assigned) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c73-763a-b29b-61f1fe28531a	org_admin	2026-11-30 12:29:28.079838+00	01a22c6e-7c73-763a-b29b-61f1fe28531a	f
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	org_admin	2026-11-30 12:29:28.121279+00	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	f
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c77-7247-8b8a-445e2e91a67b	org_agent	2026-11-30 12:29:28.139237+00	\N	f
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	org_customer	2026-11-30 12:29:28.147585+00	\N	f
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7c82-740c-ba66-4d246d6e3ef3	org_agent	2026-11-30 12:29:28.149242+00	\N	f
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7c84-72d7-af85-d4f38b8e4503	org_customer	2026-11-30 12:29:28.149869+00	\N	f
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c7a-7683-a77b-edc2c77deccf	org_customer	2026-11-30 12:29:28.148635+00	\N	t
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e4e-777f-812a-f3864439a7ba	org_agent	2026-11-30 12:29:28.551493+00	01a22c6e-7c73-763a-b29b-61f1fe28531a	f
\.


--
-- Data for Name: organizations; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.organizations (id, name, created_at, created_by, agents_may_invite, open_to_customers, reopen_on_customer_comment, closed_ticket_replies, notification_retention, search_language, search_ignores_accents, sort_locale, time_zone) FROM stdin;
01a22c6e-7cbe-76d2-879d-d592ed7e1460	Globex	2026-11-30 12:29:28.121279+00	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	f	f	t	reopen	30 days	simple	t	\N	UTC
01a22c6e-7c99-75ae-8af3-aa00689f12e0	Acme Ltd	2026-11-30 12:29:28.079838+00	01a22c6e-7c73-763a-b29b-61f1fe28531a	f	f	t	reopen	30 days	simple	t	\N	UTC
\.


--
-- Data for Name: profiles; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.profiles (id, auth_id, role, name, email, email_is_confirmed, imported_for, avatar_url, teams, created_at, last_active, preferences) FROM stdin;
01a22c6e-7c73-763a-b29b-61f1fe28531a	f8356e51-1502-4148-9c61-ab2ae75ce60f	customer	Ada	ada@example.com	t	\N	\N	{}	2026-11-30 12:29:28.042378+00	\N	{}
01a22c6e-7c77-7247-8b8a-445e2e91a67b	9570fda2-4ac8-4e08-93ed-55272e7dfeec	customer	Ben	ben@example.com	t	\N	\N	{}	2026-11-30 12:29:28.055362+00	\N	{}
01a22c6e-7c79-76c9-ae3f-cdcb254a4400	52d887de-5aba-485c-b225-6ad30ebaf57d	customer	Alice	alice@example.com	t	\N	\N	{}	2026-11-30 12:29:28.057155+00	\N	{}
01a22c6e-7c7a-7683-a77b-edc2c77deccf	60ff9dfe-28e7-4a06-955a-7887d7d99350	customer	Dave	dave@example.com	t	\N	\N	{}	2026-11-30 12:29:28.058162+00	\N	{}
01a22c6e-7c7b-771c-88ac-3cd5182ccc24	c5564b1a-d7eb-487b-b31d-4922cba3594d	customer	Gina	gina@example.com	t	\N	\N	{}	2026-11-30 12:29:28.059614+00	\N	{}
01a22c6e-7c82-740c-ba66-4d246d6e3ef3	b195c012-0d8c-4c84-ba89-e9354d2dba6a	customer	Hank	hank@example.com	t	\N	\N	{}	2026-11-30 12:29:28.065713+00	\N	{}
01a22c6e-7c84-72d7-af85-d4f38b8e4503	1ee73fc6-683f-4cc5-92c6-98c554fe970b	customer	Mallory	mallory@example.com	t	\N	\N	{}	2026-11-30 12:29:28.067788+00	\N	{}
01a22c6e-7e4e-777f-812a-f3864439a7ba	8f5e7ca4-00f0-42ab-b51f-830df56b3b88	customer	Newcomer	newcomer@example.com	t	\N	\N	{}	2026-11-30 12:29:28.52527+00	\N	{}
01a22c6e-7eb7-75ed-8e9c-5f6a05f153fd	\N	customer	Leaver	leaver@example.com	t	\N	\N	{}	2026-11-30 12:29:28.630189+00	\N	{}
\.


--
-- Data for Name: queue_watchers; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.queue_watchers (org_id, id, workflow_id, user_id, added_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca4-72af-8861-6fcc85335c49	\N	01a22c6e-7c73-763a-b29b-61f1fe28531a	2026-11-30 12:29:28.079838+00
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc2-702a-8513-37b4f79c7b6c	\N	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	2026-11-30 12:29:28.121279+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e18-7734-ae99-135b8460df29	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.461876+00
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.schema_version (version, installed_at) FROM stdin;
1	2026-11-30 12:29:27.627793+00
\.


--
-- Data for Name: search_documents; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c73-763a-b29b-61f1fe28531a	person	\N	t	'paxe6' 'paxe6ada':1A,2B 'paxe6com':4B 'paxe6example':3B
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7c7b-771c-88ac-3cd5182ccc24	person	\N	t	'padf4' 'padf4com':4B 'padf4example':3B 'padf4gina':1A,2B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c77-7247-8b8a-445e2e91a67b	person	\N	t	'paxe6' 'paxe6ben':1A,2B 'paxe6com':4B 'paxe6example':3B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	person	\N	t	'paxe6' 'paxe6alice':1A,2B 'paxe6com':4B 'paxe6example':3B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c7a-7683-a77b-edc2c77deccf	person	\N	t	'paxe6' 'paxe6com':4B 'paxe6dave':1A,2B 'paxe6example':3B
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7c82-740c-ba66-4d246d6e3ef3	person	\N	t	'padf4' 'padf4com':4B 'padf4example':3B 'padf4hank':1A,2B
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7c84-72d7-af85-d4f38b8e4503	person	\N	t	'padf4' 'padf4com':4B 'padf4example':3B 'padf4mallory':1A,2B
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7d1d-7304-a314-4b19dfd0b129	ticket	01a22c6e-7d1d-7304-a314-4b19dfd0b129	f	'tadf4' 'tadf4#50af2853' 'tadf4@01a22c6e7c8472d7af85d4f38b8e4503' 'tadf4a':1A 'tadf4globex':4A 'tadf4of':3A 'tadf4ticket':2A
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	ticket	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	f	'taxe6' 'taxe6#50af2853' 'taxe6@01a22c6e7c7772478b8a445e2e91a67b' 'taxe6@01a22c6e7c7976c9ae3fcdcb254a4400' 'taxe6about':5 'taxe6fire':4A,8 'taxe6n':9 'taxe6on':3A,7 'taxe6printer':1A,6 'taxe6was':2A
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cf9-730d-8948-ad823f0bcb82	ticket	01a22c6e-7cf9-730d-8948-ad823f0bcb82	f	'taxe6' 'taxe6#50af2853' 'taxe6@01a22c6e7c7976c9ae3fcdcb254a4400' 'taxe6@01a22c6e7c7a7683a77bedc2c77deccf' 'taxe6about':3 'taxe6coffee':2A,5 'taxe6n':6 'taxe6no':1A,4
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	ticket	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	f	'taxe6' 'taxe6#50af2853' 'taxe6@01a22c6e7c7976c9ae3fcdcb254a4400' 'taxe6it':1A 'taxe6its':1A 'taxe6line':6A 'taxe6odd':3A 'taxe6s':2A 'taxe6tab':5A 'taxe6🙂':4A
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7da3-74b4-b495-34bacd382ea8	comment	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	f	'taxe6' 'taxe6#50af2853' 'taxe6alice':1 'taxe6says':2
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7db0-724f-a20e-dcbbd8daa9ca	attachment	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	f	'taxe6#50af2853' 'taxe6log':1B 'taxe6txt':2B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7db7-7693-904e-d8824b583fd7	attachment	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	f	'taxe6#50af2853' 'taxe6png':2B 'taxe6smoke':1B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7dce-7656-aaea-a766d8446f06	comment	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	t	'taxe6' 'taxe6#50af2853' 'taxe6ben':1 'taxe6says':2
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7dd6-733f-88db-55ca2ed3e0ae	attachment	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	t	'taxe6#50af2853' 'taxe6log':1B 'taxe6txt':2B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ddb-7743-b5b2-3d6a399ae8dc	attachment	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	t	'taxe6#50af2853' 'taxe6png':2B 'taxe6smoke':1B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e4e-777f-812a-f3864439a7ba	person	\N	t	'paxe6' 'paxe6com':4B 'paxe6example':3B 'paxe6newcomer':1A,2B
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e87-71dc-ab9c-3ff2ebc887c1	article	\N	f	'aaxe6' 'aaxe6#50af2853' 'aaxe6draft':3 'aaxe6not':1A 'aaxe6yet':2A 'haxe6not' 'haxe6yet'
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7e85-7667-af22-7dd24c65fbec	article	\N	f	'aaxe6' 'aaxe6#50af2853' 'aaxe6a':3A 'aaxe6fire':5B 'aaxe6foam':8 'aaxe6out':2A 'aaxe6printer':4A 'aaxe6printers':6B 'aaxe6putting':1A 'aaxe6use':7 'haxe6a' 'haxe6out' 'haxe6printer' 'haxe6putting'
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7ec2-73b8-ba2d-078d11d437db	ticket	01a22c6e-7ec2-73b8-ba2d-078d11d437db	f	'tadf4' 'tadf4#50af2853' 'tadf4@01a22c6e7eb775ed8e9c5f6a05f153fd' 'tadf4last':2A 'tadf4my':1A 'tadf4one':3A
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7eb7-75ed-8e9c-5f6a05f153fd	person	\N	t	'padf4' 'padf4leaver':1A
\.


--
-- Data for Name: search_rebuilds; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.search_rebuilds (org_id, previous_languages, documents, done, step, last_id, started_at) FROM stdin;
01a22c6e-7cbe-76d2-879d-d592ed7e1460	{}	12	0	0	\N	2026-11-30 12:29:28.697411+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	{}	32	2	4	\N	2026-11-30 12:29:28.697411+00
\.


--
-- Data for Name: ticket_agent_counts; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_agent_counts (org_id, agent_id, stage_id, priority, ticket_count) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	00000000-0000-0000-0000-000000000000	01a22c6e-7ca7-7507-9e72-ba91aad9f519	low	1
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c7a-7683-a77b-edc2c77deccf	01a22c6e-7caa-759e-a86b-810b6d024ac1	low	1
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7ca9-7239-91fd-5325b47ccedb	urgent	1
01a22c6e-7cbe-76d2-879d-d592ed7e1460	00000000-0000-0000-0000-000000000000	01a22c6e-7cc4-763e-ad68-24b85dc802f1	low	1
\.


--
-- Data for Name: ticket_articles; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_articles (org_id, ticket_id, article_id, linked_by, linked_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7e85-7667-af22-7dd24c65fbec	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.589357+00
\.


--
-- Data for Name: ticket_attachments; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_attachments (org_id, id, ticket_id, comment_id, requester_id, file_name, file_type, file_size, storage_path, is_internal, uploaded_by, uploaded_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7db0-724f-a20e-dcbbd8daa9ca	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7da3-74b4-b495-34bacd382ea8	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	log.txt	text/plain	12	01a22c6e-7c99-75ae-8af3-aa00689f12e0/Alice.txt	f	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.349583+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7db7-7693-904e-d8824b583fd7	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	smoke.png	image/png	1234	01a22c6e-7c99-75ae-8af3-aa00689f12e0/01a22c6e-7ce6-73d9-85cc-41f58398a0d1/Alice.png	f	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.374646+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7dd6-733f-88db-55ca2ed3e0ae	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7dce-7656-aaea-a766d8446f06	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	log.txt	text/plain	12	01a22c6e-7c99-75ae-8af3-aa00689f12e0/Ben.txt	t	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.391195+00
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ddb-7743-b5b2-3d6a399ae8dc	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	\N	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	smoke.png	image/png	1234	01a22c6e-7c99-75ae-8af3-aa00689f12e0/01a22c6e-7ce6-73d9-85cc-41f58398a0d1/Ben.png	t	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.411306+00
\.


--
-- Data for Name: ticket_comments; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_comments (org_id, id, ticket_id, requester_id, content, is_internal, created_by, created_at, updated_at, external_id) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7da3-74b4-b495-34bacd382ea8	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	Alice says	f	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.349583+00	2026-11-30 12:29:28.349583+00	\N
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7dce-7656-aaea-a766d8446f06	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	Ben says	t	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.391195+00	2026-11-30 12:29:28.391195+00	\N
\.


--
-- Data for Name: ticket_counters; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_counters (org_id, last_number) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	3
01a22c6e-7cbe-76d2-879d-d592ed7e1460	2
\.


--
-- Data for Name: ticket_days_by_agent; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_days_by_agent (org_id, day, agent_id, created, resolved, closed, reopened, first_response_buckets, resolution_buckets) FROM stdin;
01a22c6e-7cbe-76d2-879d-d592ed7e1460	2026-11-30	00000000-0000-0000-0000-000000000000	1	0	0	0	{}	{}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	2026-11-30	01a22c6e-7c77-7247-8b8a-445e2e91a67b	0	1	1	1	{}	{0}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	2026-11-30	00000000-0000-0000-0000-000000000000	3	0	0	0	{}	{}
\.


--
-- Data for Name: ticket_days_by_priority; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_days_by_priority (org_id, day, priority, created, resolved, closed, reopened, first_response_buckets, resolution_buckets) FROM stdin;
01a22c6e-7cbe-76d2-879d-d592ed7e1460	2026-11-30	low	1	0	0	0	{}	{}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	2026-11-30	urgent	0	1	1	1	{}	{0}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	2026-11-30	low	3	0	0	0	{}	{}
\.


--
-- Data for Name: ticket_history; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_history (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to, workflow_stage_id, changed_by, changed_at, previous_history_id, changes) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ceb-71a3-ab8d-344123a86184	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	1	Printer on fire	About: Printer on fire\\N	low	open	\N	01a22c6e-7ca7-7507-9e72-ba91aad9f519	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.159995+00	\N	{"type": "created", "fields": {"stage": "01a22c6e-7ca7-7507-9e72-ba91aad9f519", "title": "Printer on fire", "status": "open", "priority": "low", "workflow": "01a22c6e-7ca3-73db-b4d6-3f1625e9fabc", "assignedTo": null, "description": "About: Printer on fire\\\\N"}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfa-751f-88b1-33715aacb301	01a22c6e-7cf9-730d-8948-ad823f0bcb82	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	1	No coffee	About: No coffee\\N	low	open	\N	01a22c6e-7ca7-7507-9e72-ba91aad9f519	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.185504+00	\N	{"type": "created", "fields": {"stage": "01a22c6e-7ca7-7507-9e72-ba91aad9f519", "title": "No coffee", "status": "open", "priority": "low", "workflow": "01a22c6e-7ca3-73db-b4d6-3f1625e9fabc", "assignedTo": null, "description": "About: No coffee\\\\N"}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfd-7223-ae45-46edccf54985	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	1	It’s “odd” — 🙂\ttab\nline	About: It’s “odd” — 🙂\ttab\nline\\N	low	open	\N	01a22c6e-7ca7-7507-9e72-ba91aad9f519	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.18867+00	\N	{"type": "created", "fields": {"stage": "01a22c6e-7ca7-7507-9e72-ba91aad9f519", "title": "It’s “odd” — 🙂\\ttab\\nline", "status": "open", "priority": "low", "workflow": "01a22c6e-7ca3-73db-b4d6-3f1625e9fabc", "assignedTo": null, "description": "About: It’s “odd” — 🙂\\ttab\\nline\\\\N"}}
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7d20-75e1-b56d-3c97eef7e03c	01a22c6e-7d1d-7304-a314-4b19dfd0b129	01a22c6e-7c84-72d7-af85-d4f38b8e4503	1	A ticket of Globex	\N	low	open	\N	01a22c6e-7cc4-763e-ad68-24b85dc802f1	01a22c6e-7c84-72d7-af85-d4f38b8e4503	2026-11-30 12:29:28.2146+00	\N	{"type": "created", "fields": {"stage": "01a22c6e-7cc4-763e-ad68-24b85dc802f1", "title": "A ticket of Globex", "status": "open", "priority": "low", "workflow": "01a22c6e-7cc2-702a-8513-37b317496fb1", "assignedTo": null, "description": null}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d3c-77bd-96b8-56de39a9847f	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2	Printer on fire	About: Printer on fire\\N	urgent	open	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7ca7-7507-9e72-ba91aad9f519	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.24559+00	01a22c6e-7ceb-71a3-ab8d-344123a86184	{"type": "updated", "fields": {"priority": {"to": "urgent", "from": "low"}, "assignedTo": {"to": "01a22c6e-7c77-7247-8b8a-445e2e91a67b", "from": null}}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d44-745b-b54a-d250b196e582	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	3	Printer was on fire	About: Printer on fire\\N	urgent	closed	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7caa-759e-a86b-810d07fec68f	01a22c6e-7c77-7247-8b8a-445e2e91a67b	2026-11-30 12:29:28.259819+00	01a22c6e-7d3c-77bd-96b8-56de39a9847f	{"type": "updated", "fields": {"stage": {"to": "01a22c6e-7caa-759e-a86b-810d07fec68f", "from": "01a22c6e-7ca7-7507-9e72-ba91aad9f519"}, "title": {"to": "Printer was on fire", "from": "Printer on fire"}, "status": {"to": "closed", "from": "open"}}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d65-740b-bda6-086ca69bf50a	01a22c6e-7cf9-730d-8948-ad823f0bcb82	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2	No coffee	About: No coffee\\N	low	pending	01a22c6e-7c7a-7683-a77b-edc2c77deccf	01a22c6e-7caa-759e-a86b-810b6d024ac1	01a22c6e-7c73-763a-b29b-61f1fe28531a	2026-11-30 12:29:28.291764+00	01a22c6e-7cfa-751f-88b1-33715aacb301	{"type": "updated", "fields": {"stage": {"to": "01a22c6e-7caa-759e-a86b-810b6d024ac1", "from": "01a22c6e-7ca7-7507-9e72-ba91aad9f519"}, "status": {"to": "pending", "from": "open"}, "assignedTo": {"to": "01a22c6e-7c7a-7683-a77b-edc2c77deccf", "from": null}}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7d7c-707c-a09b-f3f48b9ed492	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2	It’s “odd” — 🙂\ttab\nline	\N	low	open	\N	01a22c6e-7ca7-7507-9e72-ba91aad9f519	\N	2026-11-30 12:29:28.310927+00	01a22c6e-7cfd-7223-ae45-46edccf54985	{"type": "updated", "fields": {"description": {"to": null, "from": "About: It’s “odd” — 🙂\\ttab\\nline\\\\N"}}}
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7dac-701b-84c6-2fa74d6a202e	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	4	Printer was on fire	About: Printer on fire\\N	urgent	open	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7ca9-7239-91fd-5325b47ccedb	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.349583+00	01a22c6e-7d44-745b-b54a-d250b196e582	{"type": "updated", "fields": {"stage": {"to": "01a22c6e-7ca9-7239-91fd-5325b47ccedb", "from": "01a22c6e-7caa-759e-a86b-810d07fec68f"}, "status": {"to": "open", "from": "closed"}}}
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7ec5-76c5-8f6a-2b63c8501ba8	01a22c6e-7ec2-73b8-ba2d-078d11d437db	01a22c6e-7eb7-75ed-8e9c-5f6a05f153fd	1	My last one	\N	low	open	\N	01a22c6e-7cc4-763e-ad68-24b85dc802f1	01a22c6e-7eb7-75ed-8e9c-5f6a05f153fd	2026-11-30 12:29:28.6385+00	\N	{"type": "created", "fields": {"stage": "01a22c6e-7cc4-763e-ad68-24b85dc802f1", "title": "My last one", "status": "open", "priority": "low", "workflow": "01a22c6e-7cc2-702a-8513-37b317496fb1", "assignedTo": null, "description": null}}
\.


--
-- Data for Name: ticket_internal_counts; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_internal_counts (org_id, ticket_id, comment_count, attachment_count) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	1	2
\.


--
-- Data for Name: ticket_stage_counts; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_stage_counts (org_id, stage_id, priority, ticket_count, entered_epoch_sum) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca9-7239-91fd-5325b47ccedb	urgent	1	1796041768.349583
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc4-763e-ad68-24b85dc802f1	low	1	1796041768.214600
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7caa-759e-a86b-810b6d024ac1	low	1	1796041768.291764
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca7-7507-9e72-ba91aad9f519	low	1	1796041768.188670
\.


--
-- Data for Name: ticket_stat_deltas; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_stat_deltas (org_id, id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds) FROM stdin;
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7ec7-751c-ab24-2ab25bd7af98	opened	2026-11-30 12:29:28.6385+00	01a22c6e-7cc4-763e-ad68-24b85dc802f1	low	\N	1	\N
\.


--
-- Data for Name: ticket_watchers; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.ticket_watchers (org_id, ticket_id, user_id, added_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	01a22c6e-7c73-763a-b29b-61f1fe28531a	2026-11-30 12:29:28.331866+00
\.


--
-- Data for Name: tickets; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.tickets (org_id, id, number, title, description, priority, status, workflow_id, current_stage_id, assigned_to, created_by, created_at, updated_at, stage_entered_at, resolved_at, closed_at, first_response_at, first_response_by, version, latest_history_id, public_comment_count, public_attachment_count, last_public_comment_at, is_answered, external_id, external_ref) FROM stdin;
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7d1d-7304-a314-4b19dfd0b129	1	A ticket of Globex	\N	low	open	01a22c6e-7cc2-702a-8513-37b317496fb1	01a22c6e-7cc4-763e-ad68-24b85dc802f1	\N	01a22c6e-7c84-72d7-af85-d4f38b8e4503	2026-11-30 12:29:28.2146+00	2026-11-30 12:29:28.2146+00	2026-11-30 12:29:28.2146+00	\N	\N	\N	\N	1	01a22c6e-7d20-75e1-b56d-3c97eef7e03c	0	0	\N	f	\N	ERP-1
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cf9-730d-8948-ad823f0bcb82	2	No coffee	About: No coffee\\N	low	pending	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	01a22c6e-7caa-759e-a86b-810b6d024ac1	01a22c6e-7c7a-7683-a77b-edc2c77deccf	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.185504+00	2026-11-30 12:29:28.291764+00	2026-11-30 12:29:28.291764+00	\N	\N	\N	\N	2	01a22c6e-7d65-740b-bda6-086ca69bf50a	0	0	\N	f	\N	ERP-2
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7cfc-7261-a01a-babbb7ecb3b9	3	It’s “odd” — 🙂\ttab\nline	\N	low	open	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	01a22c6e-7ca7-7507-9e72-ba91aad9f519	\N	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.18867+00	2026-11-30 12:29:28.310927+00	2026-11-30 12:29:28.18867+00	\N	\N	\N	\N	2	01a22c6e-7d7c-707c-a09b-f3f48b9ed492	0	0	\N	f	\N	ERP-3
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ce6-73d9-85cc-41f58398a0d1	1	Printer was on fire	About: Printer on fire\\N	urgent	open	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	01a22c6e-7ca9-7239-91fd-5325b47ccedb	01a22c6e-7c77-7247-8b8a-445e2e91a67b	01a22c6e-7c79-76c9-ae3f-cdcb254a4400	2026-11-30 12:29:28.159995+00	2026-11-30 12:29:28.411306+00	2026-11-30 12:29:28.349583+00	\N	\N	\N	\N	4	01a22c6e-7dac-701b-84c6-2fa74d6a202e	1	2	2026-11-30 12:29:28.349583+00	f	\N	ERP-1
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7ec2-73b8-ba2d-078d11d437db	2	My last one	\N	low	open	01a22c6e-7cc2-702a-8513-37b317496fb1	01a22c6e-7cc4-763e-ad68-24b85dc802f1	\N	01a22c6e-7eb7-75ed-8e9c-5f6a05f153fd	2026-11-30 12:29:28.6385+00	2026-11-30 12:29:28.6385+00	2026-11-30 12:29:28.6385+00	\N	\N	\N	\N	1	01a22c6e-7ec5-76c5-8f6a-2b63c8501ba8	0	0	\N	f	\N	ERP-2
\.


--
-- Data for Name: workflow_stages; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.workflow_stages (org_id, id, workflow_id, name, description, "position", status, is_start, is_active) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca7-7507-9e72-ba91aad9f519	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	New	\N	1	open	t	t
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca9-7239-91fd-5325b47ccedb	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	In progress	\N	2	open	f	t
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7caa-759e-a86b-810b6d024ac1	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	Waiting on customer	\N	3	pending	f	t
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7caa-759e-a86b-810c1a664de5	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	Resolved	\N	4	resolved	f	t
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7caa-759e-a86b-810d07fec68f	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	Closed	\N	5	closed	f	t
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc4-763e-ad68-24b85dc802f1	01a22c6e-7cc2-702a-8513-37b317496fb1	New	\N	1	open	t	t
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc5-76d0-ba24-0330da285a38	01a22c6e-7cc2-702a-8513-37b317496fb1	In progress	\N	2	open	f	t
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc5-76d0-ba24-0331c2db41bf	01a22c6e-7cc2-702a-8513-37b317496fb1	Waiting on customer	\N	3	pending	f	t
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc5-76d0-ba24-0332d978e1cf	01a22c6e-7cc2-702a-8513-37b317496fb1	Resolved	\N	4	resolved	f	t
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc5-76d0-ba24-03333535af3c	01a22c6e-7cc2-702a-8513-37b317496fb1	Closed	\N	5	closed	f	t
\.


--
-- Data for Name: workflow_transitions; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	01a22c6e-7ca7-7507-9e72-ba91aad9f519	01a22c6e-7ca9-7239-91fd-5325b47ccedb	org_agent
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	01a22c6e-7ca9-7239-91fd-5325b47ccedb	01a22c6e-7caa-759e-a86b-810d07fec68f	org_admin
\.


--
-- Data for Name: workflows; Type: TABLE DATA; Schema: helpdesk; Owner: helpdesk_owner
--

COPY helpdesk.workflows (org_id, id, name, description, is_active, created_at) FROM stdin;
01a22c6e-7c99-75ae-8af3-aa00689f12e0	01a22c6e-7ca3-73db-b4d6-3f1625e9fabc	Support	How requests are handled	t	2026-11-30 12:29:28.079838+00
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7cc2-702a-8513-37b317496fb1	Support	How requests are handled	t	2026-11-30 12:29:28.121279+00
01a22c6e-7cbe-76d2-879d-d592ed7e1460	01a22c6e-7ef2-7638-b52c-54fb0ce5c987	Unused	\N	f	2026-11-30 12:29:28.688553+00
\.


--
-- Data for Name: invoices; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.invoices (id, org_id, urgency) FROM stdin;
1	01a22c6e-7c99-75ae-8af3-aa00689f12e0	high
2	01a22c6e-7cbe-76d2-879d-d592ed7e1460	high
\.


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: admin_invite_codes admin_invite_codes_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.admin_invite_codes
    ADD CONSTRAINT admin_invite_codes_pkey PRIMARY KEY (code);


--
-- Name: article_feedback article_feedback_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_feedback
    ADD CONSTRAINT article_feedback_pkey PRIMARY KEY (org_id, article_id, user_id);


--
-- Name: article_versions article_versions_article_id_version_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_versions
    ADD CONSTRAINT article_versions_article_id_version_key UNIQUE (org_id, article_id, version);


--
-- Name: article_versions article_versions_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_versions
    ADD CONSTRAINT article_versions_pkey PRIMARY KEY (org_id, id);


--
-- Name: articles articles_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.articles
    ADD CONSTRAINT articles_pkey PRIMARY KEY (org_id, id);


--
-- Name: categories categories_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.categories
    ADD CONSTRAINT categories_pkey PRIMARY KEY (org_id, id);


--
-- Name: idempotency_keys idempotency_keys_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.idempotency_keys
    ADD CONSTRAINT idempotency_keys_key UNIQUE NULLS NOT DISTINCT (org_id, actor_id, key);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, ticket_id, object_id);


--
-- Name: installation_settings installation_settings_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.installation_settings
    ADD CONSTRAINT installation_settings_pkey PRIMARY KEY (is_only_row);


--
-- Name: notification_preferences notification_preferences_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.notification_preferences
    ADD CONSTRAINT notification_preferences_pkey PRIMARY KEY (user_id, type);


--
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (org_id, id);


--
-- Name: org_invites org_invites_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_invites
    ADD CONSTRAINT org_invites_pkey PRIMARY KEY (org_id, id);


--
-- Name: org_members org_members_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_members
    ADD CONSTRAINT org_members_pkey PRIMARY KEY (org_id, user_id);


--
-- Name: organizations organizations_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);


--
-- Name: profiles profiles_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (id);


--
-- Name: queue_watchers queue_watchers_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.queue_watchers
    ADD CONSTRAINT queue_watchers_key UNIQUE NULLS NOT DISTINCT (org_id, user_id, workflow_id);


--
-- Name: CONSTRAINT queue_watchers_key ON queue_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT queue_watchers_key ON helpdesk.queue_watchers IS 'A person watches a queue once. Serves the watchers of a queue, and the foreign key to members.';


--
-- Name: queue_watchers queue_watchers_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.queue_watchers
    ADD CONSTRAINT queue_watchers_pkey PRIMARY KEY (org_id, id);


--
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);


--
-- Name: search_documents search_documents_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.search_documents
    ADD CONSTRAINT search_documents_pkey PRIMARY KEY (org_id, document_id, kind);


--
-- Name: search_rebuilds search_rebuilds_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.search_rebuilds
    ADD CONSTRAINT search_rebuilds_pkey PRIMARY KEY (org_id);


--
-- Name: ticket_agent_counts ticket_agent_counts_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_agent_counts
    ADD CONSTRAINT ticket_agent_counts_pkey PRIMARY KEY (org_id, agent_id, stage_id, priority);


--
-- Name: ticket_articles ticket_articles_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_articles
    ADD CONSTRAINT ticket_articles_pkey PRIMARY KEY (org_id, ticket_id, article_id);


--
-- Name: ticket_attachments ticket_attachments_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_attachments
    ADD CONSTRAINT ticket_attachments_pkey PRIMARY KEY (org_id, id);


--
-- Name: ticket_comments ticket_comments_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_comments
    ADD CONSTRAINT ticket_comments_pkey PRIMARY KEY (org_id, id);


--
-- Name: ticket_counters ticket_counters_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_counters
    ADD CONSTRAINT ticket_counters_pkey PRIMARY KEY (org_id);


--
-- Name: ticket_days_by_agent ticket_days_by_agent_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_days_by_agent
    ADD CONSTRAINT ticket_days_by_agent_pkey PRIMARY KEY (org_id, day, agent_id);


--
-- Name: ticket_days_by_priority ticket_days_by_priority_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_days_by_priority
    ADD CONSTRAINT ticket_days_by_priority_pkey PRIMARY KEY (org_id, day, priority);


--
-- Name: ticket_history ticket_history_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_pkey PRIMARY KEY (org_id, id);


--
-- Name: ticket_history ticket_history_ticket_id_id_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_ticket_id_id_key UNIQUE (ticket_id, id, org_id);


--
-- Name: CONSTRAINT ticket_history_ticket_id_id_key ON ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT ticket_history_ticket_id_id_key ON helpdesk.ticket_history IS 'Target of the foreign keys of the latest and the previous revision. Serves the history of a ticket
  in order, and the foreign key to tickets.';


--
-- Name: ticket_internal_counts ticket_internal_counts_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_internal_counts
    ADD CONSTRAINT ticket_internal_counts_pkey PRIMARY KEY (org_id, ticket_id);


--
-- Name: ticket_stage_counts ticket_stage_counts_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_stage_counts
    ADD CONSTRAINT ticket_stage_counts_pkey PRIMARY KEY (org_id, stage_id, priority);


--
-- Name: ticket_stat_deltas ticket_stat_deltas_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_stat_deltas
    ADD CONSTRAINT ticket_stat_deltas_pkey PRIMARY KEY (org_id, id);


--
-- Name: ticket_watchers ticket_watchers_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_watchers
    ADD CONSTRAINT ticket_watchers_pkey PRIMARY KEY (org_id, ticket_id, user_id);


--
-- Name: tickets tickets_org_id_number_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_org_id_number_key UNIQUE (org_id, number);


--
-- Name: tickets tickets_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (org_id, id);


--
-- Name: workflow_stages workflow_stages_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_stages
    ADD CONSTRAINT workflow_stages_pkey PRIMARY KEY (org_id, id);


--
-- Name: workflow_stages workflow_stages_position_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_stages
    ADD CONSTRAINT workflow_stages_position_key UNIQUE (org_id, workflow_id, "position") DEFERRABLE;


--
-- Name: CONSTRAINT workflow_stages_position_key ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT workflow_stages_position_key ON helpdesk.workflow_stages IS 'Two stages of a workflow have different positions.';


--
-- Name: workflow_stages workflow_stages_workflow_id_id_key; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_stages
    ADD CONSTRAINT workflow_stages_workflow_id_id_key UNIQUE (org_id, workflow_id, id);


--
-- Name: CONSTRAINT workflow_stages_workflow_id_id_key ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT workflow_stages_workflow_id_id_key ON helpdesk.workflow_stages IS 'Target of the foreign key by which the stage of a ticket belongs to its workflow.';


--
-- Name: workflow_transitions workflow_transitions_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_transitions
    ADD CONSTRAINT workflow_transitions_pkey PRIMARY KEY (org_id, workflow_id, from_stage_id, to_stage_id);


--
-- Name: workflows workflows_pkey; Type: CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflows
    ADD CONSTRAINT workflows_pkey PRIMARY KEY (org_id, id);


--
-- Name: invoices invoices_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);


--
-- Name: users_email_key; Type: INDEX; Schema: auth; Owner: postgres
--

CREATE UNIQUE INDEX users_email_key ON auth.users USING btree (lower((email COLLATE "C")));


--
-- Name: INDEX users_email_key; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON INDEX auth.users_email_key IS 'Serves sign-in by e-mail address and keeps addresses unique.';


--
-- Name: admin_invite_codes_created_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX admin_invite_codes_created_by_idx ON helpdesk.admin_invite_codes USING btree (created_by);


--
-- Name: INDEX admin_invite_codes_created_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.admin_invite_codes_created_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: admin_invite_codes_used_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX admin_invite_codes_used_by_idx ON helpdesk.admin_invite_codes USING btree (used_by);


--
-- Name: INDEX admin_invite_codes_used_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.admin_invite_codes_used_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: article_feedback_user_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX article_feedback_user_idx ON helpdesk.article_feedback USING btree (user_id);


--
-- Name: INDEX article_feedback_user_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.article_feedback_user_idx IS 'Serves a reader''s own feedback, and the foreign key to profiles.';


--
-- Name: article_versions_article_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX article_versions_article_id_idx ON helpdesk.article_versions USING btree (article_id);


--
-- Name: INDEX article_versions_article_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.article_versions_article_id_idx IS 'Serves the versions of an article in queries on the table, and the foreign key to articles.';


--
-- Name: article_versions_created_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX article_versions_created_by_idx ON helpdesk.article_versions USING btree (created_by);


--
-- Name: INDEX article_versions_created_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.article_versions_created_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: article_versions_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX article_versions_id_idx ON helpdesk.article_versions USING btree (id);


--
-- Name: INDEX article_versions_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.article_versions_id_idx IS 'Serves lookups of a version by id alone.';


--
-- Name: articles_author_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_author_idx ON helpdesk.articles USING btree (author);


--
-- Name: INDEX articles_author_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_author_idx IS 'Serves list_articles() filtered by author, and the foreign key to profiles.';


--
-- Name: articles_categories_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_categories_idx ON helpdesk.articles USING gin (categories);


--
-- Name: INDEX articles_categories_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_categories_idx IS 'Serves list_articles() filtered by category, and renaming a category.';


--
-- Name: articles_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_id_idx ON helpdesk.articles USING btree (id);


--
-- Name: INDEX articles_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_id_idx IS 'Serves lookups of an article by id alone.';


--
-- Name: articles_org_created_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_org_created_idx ON helpdesk.articles USING btree (org_id, created_at DESC, id DESC);


--
-- Name: INDEX articles_org_created_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_org_created_idx IS 'Serves list_articles() sorted by createdAt.';


--
-- Name: articles_org_title_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_org_title_idx ON helpdesk.articles USING btree (org_id, title_key, id);


--
-- Name: INDEX articles_org_title_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_org_title_idx IS 'Serves list_articles() sorted by title.';


--
-- Name: articles_org_updated_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_org_updated_idx ON helpdesk.articles USING btree (org_id, updated_at DESC, id DESC);


--
-- Name: INDEX articles_org_updated_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_org_updated_idx IS 'Serves list_articles() in its default order, and the same order in queries on the table.';


--
-- Name: articles_public_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_public_idx ON helpdesk.articles USING btree (updated_at DESC, id DESC) WHERE ((status = 'published'::text) AND (visibility = 'public'::text));


--
-- Name: INDEX articles_public_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_public_idx IS 'Serves the most recently changed public articles in queries on the table.';


--
-- Name: articles_tags_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX articles_tags_idx ON helpdesk.articles USING gin (tags);


--
-- Name: INDEX articles_tags_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.articles_tags_idx IS 'Serves list_articles() filtered by tag.';


--
-- Name: categories_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX categories_id_idx ON helpdesk.categories USING btree (id);


--
-- Name: INDEX categories_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.categories_id_idx IS 'Serves lookups of a category by id alone.';


--
-- Name: categories_name_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX categories_name_key ON helpdesk.categories USING btree (org_id, parent_id, lower(name)) NULLS NOT DISTINCT;
ALTER INDEX helpdesk.categories_name_key ALTER COLUMN 3 SET STATISTICS 0;


--
-- Name: INDEX categories_name_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.categories_name_key IS 'Serves the search for a sibling of the same name, moving sub-categories up, and the foreign key;
  keeps names unique among siblings, ignoring case.';


--
-- Name: idempotency_keys_actor_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX idempotency_keys_actor_idx ON helpdesk.idempotency_keys USING btree (actor_id);


--
-- Name: INDEX idempotency_keys_actor_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.idempotency_keys_actor_idx IS 'Serves the foreign key to profiles.';


--
-- Name: notifications_comment_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX notifications_comment_idx ON helpdesk.notifications USING btree (comment_id) WHERE (comment_id IS NOT NULL);


--
-- Name: INDEX notifications_comment_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.notifications_comment_idx IS 'Serves the foreign key to comments.';


--
-- Name: notifications_expires_at_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX notifications_expires_at_idx ON helpdesk.notifications USING btree (expires_at);


--
-- Name: INDEX notifications_expires_at_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.notifications_expires_at_idx IS 'Serves cleanup_old_notifications().';


--
-- Name: notifications_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX notifications_id_idx ON helpdesk.notifications USING btree (id);


--
-- Name: INDEX notifications_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.notifications_id_idx IS 'Serves lookups of a notification by id alone.';


--
-- Name: notifications_ticket_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX notifications_ticket_idx ON helpdesk.notifications USING btree (ticket_id);


--
-- Name: INDEX notifications_ticket_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.notifications_ticket_idx IS 'Serves the foreign key to tickets.';


--
-- Name: notifications_unread_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX notifications_unread_idx ON helpdesk.notifications USING btree (user_id, org_id) WHERE (NOT read);


--
-- Name: INDEX notifications_unread_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.notifications_unread_idx IS 'Serves count_unread_notifications() with an index-only scan.';


--
-- Name: notifications_user_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX notifications_user_id_idx ON helpdesk.notifications USING btree (user_id, created_at DESC, id DESC);


--
-- Name: INDEX notifications_user_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.notifications_user_id_idx IS 'Serves the notifications of a person, newest first, and the foreign key to profiles.';


--
-- Name: org_invites_created_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_invites_created_by_idx ON helpdesk.org_invites USING btree (created_by);


--
-- Name: INDEX org_invites_created_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_invites_created_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: org_invites_email_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_invites_email_idx ON helpdesk.org_invites USING btree (lower((email COLLATE "C"))) WHERE (used_at IS NULL);
ALTER INDEX helpdesk.org_invites_email_idx ALTER COLUMN 1 SET STATISTICS 0;


--
-- Name: INDEX org_invites_email_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_invites_email_idx IS 'Serves my_pending_invites().';


--
-- Name: org_invites_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_invites_id_idx ON helpdesk.org_invites USING btree (id);


--
-- Name: INDEX org_invites_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_invites_id_idx IS 'Serves accept_org_invite() and revoke_org_invite(), which look an invite up by id alone.';


--
-- Name: org_invites_pending_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX org_invites_pending_key ON helpdesk.org_invites USING btree (org_id, lower((email COLLATE "C"))) WHERE (used_at IS NULL);
ALTER INDEX helpdesk.org_invites_pending_key ALTER COLUMN 2 SET STATISTICS 0;


--
-- Name: INDEX org_invites_pending_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_invites_pending_key IS 'Serves repeated invites: an organization has at most one pending invite per address.';


--
-- Name: org_invites_used_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_invites_used_by_idx ON helpdesk.org_invites USING btree (used_by);


--
-- Name: INDEX org_invites_used_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_invites_used_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: org_members_added_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_members_added_by_idx ON helpdesk.org_members USING btree (added_by);


--
-- Name: INDEX org_members_added_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_members_added_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: org_members_admins_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_members_admins_idx ON helpdesk.org_members USING btree (org_id) WHERE (org_role = 'org_admin'::text);


--
-- Name: INDEX org_members_admins_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_members_admins_idx IS 'Serves the search for another org_admin before one is removed.';


--
-- Name: org_members_user_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX org_members_user_id_idx ON helpdesk.org_members USING btree (user_id) INCLUDE (org_id, org_role);


--
-- Name: INDEX org_members_user_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.org_members_user_id_idx IS 'Serves the lookup of the caller''s organizations, which every policy needs.';


--
-- Name: organizations_created_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX organizations_created_by_idx ON helpdesk.organizations USING btree (created_by);


--
-- Name: INDEX organizations_created_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.organizations_created_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: profiles_auth_id_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX profiles_auth_id_key ON helpdesk.profiles USING btree (auth_id) WHERE (auth_id IS NOT NULL);


--
-- Name: INDEX profiles_auth_id_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.profiles_auth_id_key IS 'Serves the look-up of who is signed in; keeps a login to one profile.';


--
-- Name: profiles_email_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX profiles_email_idx ON helpdesk.profiles USING btree (lower((email COLLATE "C")));
ALTER INDEX helpdesk.profiles_email_idx ALTER COLUMN 1 SET STATISTICS 0;


--
-- Name: INDEX profiles_email_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.profiles_email_idx IS 'Serves create_org_invite(), which checks whether an address belongs to a member, and sign-ups, which
  look for a former profile. Both ignore case.';


--
-- Name: profiles_imported_for_email_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX profiles_imported_for_email_key ON helpdesk.profiles USING btree (imported_for, lower((email COLLATE "C"))) WHERE (imported_for IS NOT NULL);
ALTER INDEX helpdesk.profiles_imported_for_email_key ALTER COLUMN 2 SET STATISTICS 0;


--
-- Name: INDEX profiles_imported_for_email_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.profiles_imported_for_email_key IS 'Serves import_tickets(), which looks for the people that it has imported before; keeps an address to
  one of them in each organization.';


--
-- Name: queue_watchers_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX queue_watchers_id_idx ON helpdesk.queue_watchers USING btree (id);


--
-- Name: INDEX queue_watchers_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.queue_watchers_id_idx IS 'Serves lookups of a row by id alone.';


--
-- Name: search_documents_block_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX search_documents_block_idx ON helpdesk.search_documents USING btree (org_id, document_id) WHERE (((uuid_hash(document_id) & 1023) = 0) AND (ticket_id IS NOT NULL));


--
-- Name: INDEX search_documents_block_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.search_documents_block_idx IS 'Serves search() in going through the blocks of documents, newest first, and the writing of a
  document, which has a lexeme for its block.';


--
-- Name: search_documents_lexemes_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX search_documents_lexemes_idx ON helpdesk.search_documents USING gin (lexemes);


--
-- Name: INDEX search_documents_lexemes_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.search_documents_lexemes_idx IS 'Serves full-text search.';


--
-- Name: search_documents_person_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX search_documents_person_idx ON helpdesk.search_documents USING btree (document_id) WHERE (kind = 'person'::text);


--
-- Name: INDEX search_documents_person_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.search_documents_person_idx IS 'Serves a change of a person''s name or address, in all their organizations.';


--
-- Name: search_documents_sample_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX search_documents_sample_idx ON helpdesk.search_documents USING gin (lexemes) WITH (fastupdate=off) WHERE ((uuid_hash(document_id) & 63) = 0);


--
-- Name: INDEX search_documents_sample_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.search_documents_sample_idx IS 'Serves search() in choosing a plan: the matches in a sample of one document in 64 are an estimate of
  all matches.';


--
-- Name: search_documents_small_sample_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX search_documents_small_sample_idx ON helpdesk.search_documents USING gin (lexemes) WITH (fastupdate=off) WHERE ((uuid_hash(document_id) & 1023) = 0);


--
-- Name: INDEX search_documents_small_sample_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.search_documents_small_sample_idx IS 'Serves search() in choosing a plan for a frequent word, which even the larger sample finds in too
  many documents.';


--
-- Name: search_documents_ticket_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX search_documents_ticket_idx ON helpdesk.search_documents USING btree (ticket_id);


--
-- Name: INDEX search_documents_ticket_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.search_documents_ticket_idx IS 'Serves search() in a customer''s own tickets, and the deletion of a ticket.';


--
-- Name: ticket_articles_article_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_articles_article_idx ON helpdesk.ticket_articles USING btree (org_id, article_id);


--
-- Name: INDEX ticket_articles_article_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_articles_article_idx IS 'Serves the tickets of an article, and the foreign key to articles.';


--
-- Name: ticket_articles_linked_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_articles_linked_by_idx ON helpdesk.ticket_articles USING btree (linked_by);


--
-- Name: INDEX ticket_articles_linked_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_articles_linked_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: ticket_attachments_comment_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_attachments_comment_idx ON helpdesk.ticket_attachments USING btree (org_id, comment_id) WHERE (comment_id IS NOT NULL);


--
-- Name: INDEX ticket_attachments_comment_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_attachments_comment_idx IS 'Serves the foreign key to comments. Attachments without a comment are not in it.';


--
-- Name: ticket_attachments_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_attachments_id_idx ON helpdesk.ticket_attachments USING btree (id);


--
-- Name: INDEX ticket_attachments_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_attachments_id_idx IS 'Serves lookups of an attachment by id alone.';


--
-- Name: ticket_attachments_requester_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_attachments_requester_idx ON helpdesk.ticket_attachments USING btree (requester_id, uploaded_at DESC);


--
-- Name: INDEX ticket_attachments_requester_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_attachments_requester_idx IS 'Serves a customer''s own files.';


--
-- Name: ticket_attachments_ticket_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_attachments_ticket_idx ON helpdesk.ticket_attachments USING btree (ticket_id, uploaded_at, id);


--
-- Name: INDEX ticket_attachments_ticket_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_attachments_ticket_idx IS 'Serves the attachments of a ticket in order, and the foreign key to tickets.';


--
-- Name: ticket_attachments_uploaded_at_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_attachments_uploaded_at_idx ON helpdesk.ticket_attachments USING btree (org_id, uploaded_at DESC);


--
-- Name: INDEX ticket_attachments_uploaded_at_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_attachments_uploaded_at_idx IS 'Serves the latest attachments in an organization.';


--
-- Name: ticket_attachments_uploaded_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_attachments_uploaded_by_idx ON helpdesk.ticket_attachments USING btree (uploaded_by);


--
-- Name: INDEX ticket_attachments_uploaded_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_attachments_uploaded_by_idx IS 'Serves the foreign key to profiles.';


--
-- Name: ticket_comments_created_at_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_comments_created_at_idx ON helpdesk.ticket_comments USING btree (org_id, created_at DESC);


--
-- Name: INDEX ticket_comments_created_at_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_comments_created_at_idx IS 'Serves the latest comments in an organization.';


--
-- Name: ticket_comments_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_comments_id_idx ON helpdesk.ticket_comments USING btree (id);


--
-- Name: INDEX ticket_comments_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_comments_id_idx IS 'Serves lookups of a comment by id alone.';


--
-- Name: ticket_comments_org_id_ticket_id_external_id_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX ticket_comments_org_id_ticket_id_external_id_key ON helpdesk.ticket_comments USING btree (org_id, ticket_id, external_id) WHERE (external_id IS NOT NULL);


--
-- Name: INDEX ticket_comments_org_id_ticket_id_external_id_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_comments_org_id_ticket_id_external_id_key IS 'Serves import_tickets(), which looks for the comments that it has imported before; keeps an
  external_id to one comment of the ticket.';


--
-- Name: ticket_comments_requester_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_comments_requester_idx ON helpdesk.ticket_comments USING btree (requester_id, created_at DESC);


--
-- Name: INDEX ticket_comments_requester_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_comments_requester_idx IS 'Serves a customer''s own conversations.';


--
-- Name: ticket_comments_ticket_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_comments_ticket_idx ON helpdesk.ticket_comments USING btree (ticket_id, created_at, id);


--
-- Name: INDEX ticket_comments_ticket_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_comments_ticket_idx IS 'Serves the comments of a ticket in order, and the foreign key to tickets.';


--
-- Name: ticket_history_assigned_to_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_history_assigned_to_idx ON helpdesk.ticket_history USING btree (assigned_to, changed_at DESC) WHERE (assigned_to IS NOT NULL);


--
-- Name: INDEX ticket_history_assigned_to_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_history_assigned_to_idx IS 'Serves what has been assigned to a person, and the foreign key to profiles.';


--
-- Name: ticket_history_changed_at_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_history_changed_at_idx ON helpdesk.ticket_history USING btree (org_id, changed_at DESC);


--
-- Name: INDEX ticket_history_changed_at_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_history_changed_at_idx IS 'Serves the latest changes in an organization.';


--
-- Name: ticket_history_changed_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_history_changed_by_idx ON helpdesk.ticket_history USING btree (changed_by, changed_at DESC);


--
-- Name: INDEX ticket_history_changed_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_history_changed_by_idx IS 'Serves what a person has changed, and the foreign key to profiles.';


--
-- Name: ticket_history_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_history_id_idx ON helpdesk.ticket_history USING btree (id);


--
-- Name: INDEX ticket_history_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_history_id_idx IS 'Serves lookups of a revision by id alone.';


--
-- Name: ticket_history_requester_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_history_requester_idx ON helpdesk.ticket_history USING btree (requester_id, changed_at DESC);


--
-- Name: INDEX ticket_history_requester_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_history_requester_idx IS 'Serves a customer''s own history.';


--
-- Name: ticket_history_stage_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_history_stage_idx ON helpdesk.ticket_history USING btree (workflow_stage_id);


--
-- Name: INDEX ticket_history_stage_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_history_stage_idx IS 'Serves the foreign key to stages when a stage is deleted.';


--
-- Name: ticket_watchers_user_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX ticket_watchers_user_idx ON helpdesk.ticket_watchers USING btree (user_id, ticket_id);


--
-- Name: INDEX ticket_watchers_user_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.ticket_watchers_user_idx IS 'Serves the tickets that a person watches, and the foreign key to profiles.';


--
-- Name: tickets_assigned_to_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_assigned_to_idx ON helpdesk.tickets USING btree (assigned_to, updated_at DESC, id DESC) WHERE (assigned_to IS NOT NULL);


--
-- Name: INDEX tickets_assigned_to_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_assigned_to_idx IS 'Serves tickets assigned to the caller, staff or customer, and the foreign key to profiles.';


--
-- Name: tickets_created_by_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_created_by_idx ON helpdesk.tickets USING btree (created_by, updated_at DESC, id DESC);


--
-- Name: INDEX tickets_created_by_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_created_by_idx IS 'Serves a customer''s own tickets, through SQL and through the API, and the foreign key to profiles.';


--
-- Name: tickets_external_ref_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_external_ref_idx ON helpdesk.tickets USING btree (external_ref);


--
-- Name: tickets_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_id_idx ON helpdesk.tickets USING btree (id);


--
-- Name: INDEX tickets_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_id_idx IS 'Serves lookups of a ticket by id alone.';


--
-- Name: tickets_open_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_open_idx ON helpdesk.tickets USING btree (org_id, created_at, id) WHERE (status = ANY (ARRAY['open'::text, 'pending'::text]));


--
-- Name: INDEX tickets_open_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_open_idx IS 'Serves the oldest open ticket in org_dashboard().';


--
-- Name: tickets_org_age_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_org_age_idx ON helpdesk.tickets USING btree (org_id, width_bucket((updated_at - created_at), '{00:01:00,00:05:00,00:20:00,01:00:00,04:00:00,12:00:00,24:00:00,72:00:00,240:00:00,720:00:00,2160:00:00,8760:00:00,26280:00:00,87600:00:00}'::interval[]), updated_at DESC, id DESC);


--
-- Name: INDEX tickets_org_age_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_age_idx IS 'Serves createdBefore in the default order: buckets of tickets by the time from creation to the last
  change.';


--
-- Name: tickets_org_created_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_org_created_idx ON helpdesk.tickets USING btree (org_id, created_at DESC, id DESC);


--
-- Name: INDEX tickets_org_created_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_created_idx IS 'Serves list_org_tickets() sorted by createdAt, and its filters createdAfter and createdBefore.';


--
-- Name: tickets_org_id_external_id_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX tickets_org_id_external_id_key ON helpdesk.tickets USING btree (org_id, external_id) WHERE (external_id IS NOT NULL);


--
-- Name: INDEX tickets_org_id_external_id_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_id_external_id_key IS 'Serves import_tickets(), which looks for the tickets that it has imported before; keeps an
  external_id to one ticket of the organization.';


--
-- Name: tickets_org_priority_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_org_priority_idx ON helpdesk.tickets USING btree (org_id, priority DESC, updated_at DESC, id DESC);


--
-- Name: INDEX tickets_org_priority_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_priority_idx IS 'Serves list_org_tickets() sorted by, or filtered by, priority.';


--
-- Name: tickets_org_queue_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_org_queue_idx ON helpdesk.tickets USING btree (org_id, priority DESC, created_at, id);


--
-- Name: INDEX tickets_org_queue_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_queue_idx IS 'Serves list_org_tickets() sorted by queue.';


--
-- Name: tickets_org_status_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_org_status_idx ON helpdesk.tickets USING btree (org_id, status, updated_at DESC, id DESC);


--
-- Name: INDEX tickets_org_status_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_status_idx IS 'Serves lists filtered by status.';


--
-- Name: tickets_org_updated_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_org_updated_idx ON helpdesk.tickets USING btree (org_id, updated_at DESC, id DESC);


--
-- Name: INDEX tickets_org_updated_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_org_updated_idx IS 'Serves list_org_tickets() in its default order, and the same order in queries on the table.';


--
-- Name: tickets_queue_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_queue_idx ON helpdesk.tickets USING btree (org_id, priority DESC, created_at, id) WHERE ((assigned_to IS NULL) AND (status = 'open'::text));


--
-- Name: INDEX tickets_queue_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_queue_idx IS 'Serves claim_next_ticket(): most urgent first, oldest first.';


--
-- Name: tickets_stage_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_stage_idx ON helpdesk.tickets USING btree (current_stage_id, updated_at DESC, id DESC);


--
-- Name: INDEX tickets_stage_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_stage_idx IS 'Serves lists filtered by stage (boards), and the foreign key to stages.';


--
-- Name: tickets_unassigned_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_unassigned_idx ON helpdesk.tickets USING btree (org_id, updated_at DESC, id DESC) WHERE (assigned_to IS NULL);


--
-- Name: INDEX tickets_unassigned_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_unassigned_idx IS 'Serves the list of unassigned tickets.';


--
-- Name: tickets_updated_at_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_updated_at_idx ON helpdesk.tickets USING btree (updated_at DESC, id DESC);


--
-- Name: INDEX tickets_updated_at_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_updated_at_idx IS 'Serves the most recently changed tickets of all organizations of an agent.';


--
-- Name: tickets_waiting_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_waiting_idx ON helpdesk.tickets USING btree (org_id, is_answered, updated_at DESC, id DESC) WHERE (status = ANY (ARRAY['open'::text, 'pending'::text]));


--
-- Name: INDEX tickets_waiting_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_waiting_idx IS 'Serves lists filtered by waitingFor.';


--
-- Name: tickets_workflow_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX tickets_workflow_idx ON helpdesk.tickets USING btree (workflow_id, updated_at DESC, id DESC);


--
-- Name: INDEX tickets_workflow_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.tickets_workflow_idx IS 'Serves lists filtered by workflow, and the foreign key to workflows.';


--
-- Name: workflow_stages_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX workflow_stages_id_idx ON helpdesk.workflow_stages USING btree (id);


--
-- Name: INDEX workflow_stages_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.workflow_stages_id_idx IS 'Serves lookups of a stage by id alone.';


--
-- Name: workflow_stages_name_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX workflow_stages_name_key ON helpdesk.workflow_stages USING btree (org_id, workflow_id, lower(name));
ALTER INDEX helpdesk.workflow_stages_name_key ALTER COLUMN 3 SET STATISTICS 0;


--
-- Name: INDEX workflow_stages_name_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.workflow_stages_name_key IS 'Keeps names unique within a workflow.';


--
-- Name: workflow_stages_start_key; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE UNIQUE INDEX workflow_stages_start_key ON helpdesk.workflow_stages USING btree (org_id, workflow_id) WHERE is_start;


--
-- Name: INDEX workflow_stages_start_key; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.workflow_stages_start_key IS 'Serves the lookup of the start stage and keeps it unique per workflow.';


--
-- Name: workflow_transitions_to_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX workflow_transitions_to_idx ON helpdesk.workflow_transitions USING btree (org_id, workflow_id, to_stage_id);


--
-- Name: INDEX workflow_transitions_to_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.workflow_transitions_to_idx IS 'Serves the foreign key to stages.';


--
-- Name: workflows_id_idx; Type: INDEX; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE INDEX workflows_id_idx ON helpdesk.workflows USING btree (id);


--
-- Name: INDEX workflows_id_idx; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON INDEX helpdesk.workflows_id_idx IS 'Serves lookups of a workflow by id alone.';


--
-- Name: users helpdesk_handle_new_user; Type: TRIGGER; Schema: auth; Owner: postgres
--

CREATE TRIGGER helpdesk_handle_new_user AFTER INSERT OR UPDATE ON auth.users FOR EACH ROW EXECUTE FUNCTION helpdesk.handle_new_user();


--
-- Name: TRIGGER helpdesk_handle_new_user ON users; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON TRIGGER helpdesk_handle_new_user ON auth.users IS 'Creates the profile of a new login, or gives it the former one, and keeps address, name and picture
  up to date.';


--
-- Name: users helpdesk_profiles_detach_login; Type: TRIGGER; Schema: auth; Owner: postgres
--

CREATE TRIGGER helpdesk_profiles_detach_login BEFORE DELETE ON auth.users FOR EACH ROW EXECUTE FUNCTION helpdesk.profiles_detach_login();


--
-- Name: TRIGGER helpdesk_profiles_detach_login ON users; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON TRIGGER helpdesk_profiles_detach_login ON auth.users IS 'Keeps the profile of a deleted login as the author of its history, and ends the rights of the person
  as staff and administrator.';


--
-- Name: tickets History; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER "History" AFTER INSERT OR UPDATE ON helpdesk.tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.tickets_record_history();


--
-- Name: TRIGGER "History" ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER "History" ON helpdesk.tickets IS 'Writes the revision.';


--
-- Name: ticket_attachments Lock_tickets; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER "Lock_tickets" AFTER DELETE ON helpdesk.ticket_attachments FOR EACH ROW EXECUTE FUNCTION helpdesk.conversation_lock_tickets();


--
-- Name: TRIGGER "Lock_tickets" ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER "Lock_tickets" ON helpdesk.ticket_attachments IS 'Locks the tickets of all attachments that a statement deletes.';


--
-- Name: ticket_comments Lock_tickets; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER "Lock_tickets" AFTER DELETE ON helpdesk.ticket_comments FOR EACH ROW EXECUTE FUNCTION helpdesk.conversation_lock_tickets();


--
-- Name: TRIGGER "Lock_tickets" ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER "Lock_tickets" ON helpdesk.ticket_comments IS 'Locks the files and tickets of all comments that a statement deletes, before its foreign keys delete
  files and notifications.';


--
-- Name: agent_tickets agent_tickets_refuse_row; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER agent_tickets_refuse_row INSTEAD OF INSERT OR DELETE OR UPDATE ON helpdesk.agent_tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.refuse_write_to_view();


--
-- Name: TRIGGER agent_tickets_refuse_row ON agent_tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER agent_tickets_refuse_row ON helpdesk.agent_tickets IS 'Without it, Postgres would refuse writes before the other trigger fires.';


--
-- Name: agent_tickets agent_tickets_refuse_write; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER agent_tickets_refuse_write BEFORE INSERT OR DELETE OR UPDATE ON helpdesk.agent_tickets FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.refuse_write_to_view();


--
-- Name: TRIGGER agent_tickets_refuse_write ON agent_tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER agent_tickets_refuse_write ON helpdesk.agent_tickets IS 'Refuses every write, and says what to write instead.';


--
-- Name: article_feedback article_feedback_check; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER article_feedback_check BEFORE INSERT OR UPDATE ON helpdesk.article_feedback FOR EACH ROW EXECUTE FUNCTION helpdesk.article_feedback_check();


--
-- Name: TRIGGER article_feedback_check ON article_feedback; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER article_feedback_check ON helpdesk.article_feedback IS 'Requires that the reader may read the article, and refuses to change reader and article.';


--
-- Name: article_feedback article_feedback_count; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER article_feedback_count AFTER INSERT OR DELETE OR UPDATE ON helpdesk.article_feedback FOR EACH ROW EXECUTE FUNCTION helpdesk.article_feedback_count();


--
-- Name: TRIGGER article_feedback_count ON article_feedback; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER article_feedback_count ON helpdesk.article_feedback IS 'Updates the counts of the article.';


--
-- Name: articles articles_index_text; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER articles_index_text AFTER INSERT OR DELETE OR UPDATE OF title, content, tags, categories ON helpdesk.articles FOR EACH ROW EXECUTE FUNCTION helpdesk.update_search_document();


--
-- Name: TRIGGER articles_index_text ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER articles_index_text ON helpdesk.articles IS 'Updates the row of the article in search_documents.';


--
-- Name: articles articles_record_version; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER articles_record_version AFTER INSERT OR UPDATE ON helpdesk.articles FOR EACH ROW EXECUTE FUNCTION helpdesk.articles_record_version();


--
-- Name: TRIGGER articles_record_version ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER articles_record_version ON helpdesk.articles IS 'Writes each version to article_versions.';


--
-- Name: categories categories_check; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER categories_check BEFORE INSERT OR UPDATE ON helpdesk.categories FOR EACH ROW EXECUTE FUNCTION helpdesk.categories_check();


--
-- Name: TRIGGER categories_check ON categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER categories_check ON helpdesk.categories IS 'Refuses cycles, more than 20 levels, and siblings of the same name.';


--
-- Name: categories categories_detach; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER categories_detach AFTER DELETE ON helpdesk.categories REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.categories_detach();


--
-- Name: TRIGGER categories_detach ON categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER categories_detach ON helpdesk.categories IS 'Moves sub-categories of deleted categories up and removes the deleted names from articles.';


--
-- Name: categories categories_rename; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER categories_rename AFTER UPDATE OF name ON helpdesk.categories FOR EACH ROW WHEN ((old.name IS DISTINCT FROM new.name)) EXECUTE FUNCTION helpdesk.categories_rename();


--
-- Name: TRIGGER categories_rename ON categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER categories_rename ON helpdesk.categories IS 'Renames the category in articles.';


--
-- Name: ticket_comments comment_notifications; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER comment_notifications AFTER INSERT OR UPDATE OF content ON helpdesk.ticket_comments FOR EACH ROW EXECUTE FUNCTION helpdesk.create_comment_notification();


--
-- Name: TRIGGER comment_notifications ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER comment_notifications ON helpdesk.ticket_comments IS 'Notifies the requester, the assignee and the watchers of a comment, and the watchers of the queue of
  a customer''s comment on an unassigned ticket.';


--
-- Name: customer_tickets customer_tickets_refuse_row; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER customer_tickets_refuse_row INSTEAD OF INSERT OR DELETE OR UPDATE ON helpdesk.customer_tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.refuse_write_to_view();


--
-- Name: TRIGGER customer_tickets_refuse_row ON customer_tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER customer_tickets_refuse_row ON helpdesk.customer_tickets IS 'Without it, Postgres would refuse writes before the other trigger fires.';


--
-- Name: customer_tickets customer_tickets_refuse_write; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER customer_tickets_refuse_write BEFORE INSERT OR DELETE OR UPDATE ON helpdesk.customer_tickets FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.refuse_write_to_view();


--
-- Name: TRIGGER customer_tickets_refuse_write ON customer_tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER customer_tickets_refuse_write ON helpdesk.customer_tickets IS 'Refuses every write, and says what to write instead.';


--
-- Name: installation_settings installation_settings_receive; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER installation_settings_receive BEFORE INSERT ON helpdesk.installation_settings FOR EACH ROW EXECUTE FUNCTION helpdesk.receive_only_row();

ALTER TABLE helpdesk.installation_settings ENABLE ALWAYS TRIGGER installation_settings_receive;


--
-- Name: TRIGGER installation_settings_receive ON installation_settings; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER installation_settings_receive ON helpdesk.installation_settings IS 'Replaces the row when a subscription brings that of another installation.';


--
-- Name: notification_preferences notification_preferences_check_author; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER notification_preferences_check_author BEFORE INSERT OR UPDATE OF user_id ON helpdesk.notification_preferences FOR EACH ROW EXECUTE FUNCTION helpdesk.check_author('user_id');


--
-- Name: TRIGGER notification_preferences_check_author ON notification_preferences; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER notification_preferences_check_author ON helpdesk.notification_preferences IS 'People write their own preferences.';


--
-- Name: organizations on_org_created; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER on_org_created AFTER INSERT ON helpdesk.organizations FOR EACH ROW EXECUTE FUNCTION helpdesk.handle_new_org();


--
-- Name: TRIGGER on_org_created ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER on_org_created ON helpdesk.organizations IS 'Makes the creator org_admin and creates the workflow "Support".';


--
-- Name: org_invites org_invites_canonicalize_role; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_invites_canonicalize_role BEFORE INSERT OR UPDATE OF role ON helpdesk.org_invites FOR EACH ROW EXECUTE FUNCTION helpdesk.org_invites_canonicalize_role();


--
-- Name: TRIGGER org_invites_canonicalize_role ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_invites_canonicalize_role ON helpdesk.org_invites IS 'Stores a role such as org_agent as agent.';


--
-- Name: org_invites org_invites_check_sender; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_invites_check_sender BEFORE INSERT ON helpdesk.org_invites FOR EACH ROW EXECUTE FUNCTION helpdesk.org_invites_check_sender();


--
-- Name: TRIGGER org_invites_check_sender ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_invites_check_sender ON helpdesk.org_invites IS 'People invite in their own name: admins anybody, agents customers if the organization lets them.';


--
-- Name: org_members org_members_canonicalize_role; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_members_canonicalize_role BEFORE INSERT OR UPDATE OF org_role ON helpdesk.org_members FOR EACH ROW EXECUTE FUNCTION helpdesk.org_members_canonicalize_role();


--
-- Name: TRIGGER org_members_canonicalize_role ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_members_canonicalize_role ON helpdesk.org_members IS 'Stores a role such as agent as org_agent.';


--
-- Name: org_members org_members_index_person; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_members_index_person AFTER INSERT OR DELETE ON helpdesk.org_members FOR EACH ROW EXECUTE FUNCTION helpdesk.update_person_documents();


--
-- Name: TRIGGER org_members_index_person ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_members_index_person ON helpdesk.org_members IS 'Updates the row of the person in search_documents: somebody who leaves is found by name only.';


--
-- Name: org_members org_members_keep_admin; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_members_keep_admin BEFORE DELETE OR UPDATE ON helpdesk.org_members FOR EACH ROW EXECUTE FUNCTION helpdesk.org_members_keep_admin();


--
-- Name: TRIGGER org_members_keep_admin ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_members_keep_admin ON helpdesk.org_members IS 'Refuses to remove or demote the last org_admin of an organization who can sign in.';


--
-- Name: org_members org_members_revoke; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_members_revoke AFTER DELETE OR UPDATE OF org_role, may_be_assigned ON helpdesk.org_members FOR EACH ROW EXECUTE FUNCTION helpdesk.org_members_revoke();


--
-- Name: TRIGGER org_members_revoke ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_members_revoke ON helpdesk.org_members IS 'Unassigns the tickets, unless closed, of a member who can no longer be assigned. Revokes pending
  invites to the address of a member who leaves, and those sent by a member of the staff who is
  demoted.';


--
-- Name: org_members org_members_withdraw_notifications; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER org_members_withdraw_notifications AFTER DELETE OR UPDATE OF org_role, may_be_assigned ON helpdesk.org_members FOR EACH ROW EXECUTE FUNCTION helpdesk.org_members_withdraw_notifications();


--
-- Name: TRIGGER org_members_withdraw_notifications ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER org_members_withdraw_notifications ON helpdesk.org_members IS 'Deletes what a member who leaves, or loses a role, may no longer read.';


--
-- Name: organizations organizations_check_founder; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER organizations_check_founder BEFORE INSERT ON helpdesk.organizations FOR EACH ROW EXECUTE FUNCTION helpdesk.organizations_check_founder();


--
-- Name: TRIGGER organizations_check_founder ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER organizations_check_founder ON helpdesk.organizations IS 'People found organizations in their own name, if they may.';


--
-- Name: organizations organizations_check_search_language; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER organizations_check_search_language BEFORE INSERT OR UPDATE OF search_language, sort_locale ON helpdesk.organizations FOR EACH ROW EXECUTE FUNCTION helpdesk.organizations_check_search_language();


--
-- Name: TRIGGER organizations_check_search_language ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER organizations_check_search_language ON helpdesk.organizations IS 'Requires that search_language names a text search configuration, and that sort_locale is a language
  tag.';


--
-- Name: organizations organizations_check_time_zone; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER organizations_check_time_zone BEFORE INSERT OR UPDATE OF time_zone ON helpdesk.organizations FOR EACH ROW EXECUTE FUNCTION helpdesk.organizations_check_time_zone();


--
-- Name: TRIGGER organizations_check_time_zone ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER organizations_check_time_zone ON helpdesk.organizations IS 'Requires that Postgres knows time_zone.';


--
-- Name: organizations organizations_delete_search_documents; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER organizations_delete_search_documents AFTER DELETE ON helpdesk.organizations FOR EACH ROW EXECUTE FUNCTION helpdesk.organizations_rebuild_search_documents();


--
-- Name: TRIGGER organizations_delete_search_documents ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER organizations_delete_search_documents ON helpdesk.organizations IS 'Deletes the rows of the organization in search_documents.';


--
-- Name: organizations organizations_rebuild_search_documents; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER organizations_rebuild_search_documents AFTER UPDATE OF search_language, sort_locale ON helpdesk.organizations FOR EACH ROW WHEN (((old.search_language IS DISTINCT FROM new.search_language) OR (old.sort_locale IS DISTINCT FROM new.sort_locale))) EXECUTE FUNCTION helpdesk.organizations_rebuild_search_documents();


--
-- Name: TRIGGER organizations_rebuild_search_documents ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER organizations_rebuild_search_documents ON helpdesk.organizations IS 'Rebuilds the full-text index of the organization in its new language, and sorts its articles.';


--
-- Name: profiles profiles_index_person; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER profiles_index_person AFTER DELETE OR UPDATE OF name, email ON helpdesk.profiles FOR EACH ROW EXECUTE FUNCTION helpdesk.update_person_documents();


--
-- Name: TRIGGER profiles_index_person ON profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER profiles_index_person ON helpdesk.profiles IS 'Updates the rows of the person in search_documents.';


--
-- Name: profiles profiles_protect_columns; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER profiles_protect_columns BEFORE UPDATE ON helpdesk.profiles FOR EACH ROW EXECUTE FUNCTION helpdesk.profiles_protect_columns();


--
-- Name: TRIGGER profiles_protect_columns ON profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER profiles_protect_columns ON helpdesk.profiles IS 'Refuses changes to one''s own role, login or e-mail address, whatever privileges were granted.';


--
-- Name: schema_version schema_version_receive; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER schema_version_receive BEFORE INSERT ON helpdesk.schema_version FOR EACH ROW EXECUTE FUNCTION helpdesk.receive_only_row();

ALTER TABLE helpdesk.schema_version ENABLE ALWAYS TRIGGER schema_version_receive;


--
-- Name: TRIGGER schema_version_receive ON schema_version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER schema_version_receive ON helpdesk.schema_version IS 'Keeps the row when a subscription brings that of another installation.';


--
-- Name: ticket_articles ticket_articles_check; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_articles_check BEFORE INSERT ON helpdesk.ticket_articles FOR EACH ROW EXECUTE FUNCTION helpdesk.ticket_articles_check();


--
-- Name: TRIGGER ticket_articles_check ON ticket_articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_articles_check ON helpdesk.ticket_articles IS 'Fills in the organization, and checks the author, the ticket and the article.';


--
-- Name: ticket_attachments ticket_attachments_before_write; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_attachments_before_write BEFORE INSERT OR DELETE OR UPDATE ON helpdesk.ticket_attachments FOR EACH ROW EXECUTE FUNCTION helpdesk.conversation_before_write();


--
-- Name: TRIGGER ticket_attachments_before_write ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_attachments_before_write ON helpdesk.ticket_attachments IS 'Sets requester_id from the ticket, checks the comment, and refuses to change uploader, ticket,
  comment and visibility.';


--
-- Name: ticket_attachments ticket_attachments_index_text; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_attachments_index_text AFTER INSERT OR DELETE OR UPDATE OF file_name ON helpdesk.ticket_attachments FOR EACH ROW EXECUTE FUNCTION helpdesk.update_search_document();


--
-- Name: TRIGGER ticket_attachments_index_text ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_attachments_index_text ON helpdesk.ticket_attachments IS 'Updates the row of the attachment in search_documents.';


--
-- Name: ticket_attachments ticket_attachments_notify; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_attachments_notify AFTER INSERT ON helpdesk.ticket_attachments FOR EACH ROW EXECUTE FUNCTION helpdesk.ticket_attachments_notify();


--
-- Name: TRIGGER ticket_attachments_notify ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_attachments_notify ON helpdesk.ticket_attachments IS 'Notifies the assignee and the watchers of a customer''s file, and the watchers of the queue if the
  ticket is unassigned.';


--
-- Name: ticket_attachments ticket_attachments_subtract; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_attachments_subtract AFTER DELETE ON helpdesk.ticket_attachments REFERENCING OLD TABLE AS deleted_attachments FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.conversation_subtract();


--
-- Name: TRIGGER ticket_attachments_subtract ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_attachments_subtract ON helpdesk.ticket_attachments IS 'Subtracts deleted attachments from the counts of their tickets.';


--
-- Name: ticket_attachments ticket_attachments_touch_tickets; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_attachments_touch_tickets AFTER INSERT ON helpdesk.ticket_attachments REFERENCING NEW TABLE AS added_attachments FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.conversation_touch_tickets();


--
-- Name: TRIGGER ticket_attachments_touch_tickets ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_attachments_touch_tickets ON helpdesk.ticket_attachments IS 'Counts new attachments and moves their tickets up in lists.';


--
-- Name: ticket_comments ticket_comments_before_write; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_comments_before_write BEFORE INSERT OR DELETE OR UPDATE ON helpdesk.ticket_comments FOR EACH ROW EXECUTE FUNCTION helpdesk.conversation_before_write();


--
-- Name: TRIGGER ticket_comments_before_write ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_comments_before_write ON helpdesk.ticket_comments IS 'Sets requester_id from the ticket, and refuses to change author, ticket and visibility.';


--
-- Name: ticket_comments ticket_comments_index_text; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_comments_index_text AFTER INSERT OR DELETE OR UPDATE OF content ON helpdesk.ticket_comments FOR EACH ROW EXECUTE FUNCTION helpdesk.update_search_document();


--
-- Name: TRIGGER ticket_comments_index_text ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_comments_index_text ON helpdesk.ticket_comments IS 'Updates the row of the comment in search_documents.';


--
-- Name: ticket_comments ticket_comments_subtract; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_comments_subtract AFTER DELETE ON helpdesk.ticket_comments REFERENCING OLD TABLE AS deleted_comments FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.conversation_subtract();


--
-- Name: TRIGGER ticket_comments_subtract ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_comments_subtract ON helpdesk.ticket_comments IS 'Subtracts deleted comments from the counts of their tickets.';


--
-- Name: ticket_comments ticket_comments_touch_tickets; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_comments_touch_tickets AFTER INSERT ON helpdesk.ticket_comments REFERENCING NEW TABLE AS added_comments FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.conversation_touch_tickets();


--
-- Name: TRIGGER ticket_comments_touch_tickets ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_comments_touch_tickets ON helpdesk.ticket_comments IS 'Counts new comments, moves their tickets up in lists, and reopens those whose customers reply.';


--
-- Name: ticket_history ticket_history_append_only; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_history_append_only BEFORE DELETE OR UPDATE ON helpdesk.ticket_history FOR EACH ROW EXECUTE FUNCTION helpdesk.ticket_history_append_only();


--
-- Name: TRIGGER ticket_history_append_only ON ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_history_append_only ON helpdesk.ticket_history IS 'Refuses to change or delete revisions.';


--
-- Name: ticket_history ticket_history_no_truncate; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_history_no_truncate BEFORE TRUNCATE ON helpdesk.ticket_history FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.ticket_history_append_only();


--
-- Name: TRIGGER ticket_history_no_truncate ON ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_history_no_truncate ON helpdesk.ticket_history IS 'Refuses TRUNCATE.';


--
-- Name: tickets ticket_notifications; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_notifications AFTER INSERT OR UPDATE ON helpdesk.tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.create_ticket_notification();


--
-- Name: TRIGGER ticket_notifications ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_notifications ON helpdesk.tickets IS 'Notifies the requester, the assignee and the watchers of changes, and the watchers of the queue of a
  new ticket.';


--
-- Name: ticket_watchers ticket_watchers_find_org; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER ticket_watchers_find_org BEFORE INSERT ON helpdesk.ticket_watchers FOR EACH ROW WHEN ((new.org_id = '00000000-0000-0000-0000-000000000000'::uuid)) EXECUTE FUNCTION helpdesk.find_org_of_ticket();


--
-- Name: TRIGGER ticket_watchers_find_org ON ticket_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER ticket_watchers_find_org ON helpdesk.ticket_watchers IS 'Fills in the organization of the ticket.';


--
-- Name: tickets tickets_before_write; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER tickets_before_write BEFORE INSERT OR UPDATE ON helpdesk.tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.tickets_before_write();


--
-- Name: TRIGGER tickets_before_write ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER tickets_before_write ON helpdesk.tickets IS 'Checks the row and sets the system''s columns: number, status, timestamps and version.';


--
-- Name: tickets tickets_count; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER tickets_count AFTER INSERT OR DELETE OR UPDATE ON helpdesk.tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.tickets_count();


--
-- Name: TRIGGER tickets_count ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER tickets_count ON helpdesk.tickets IS 'Writes the deltas from which the counts are updated.';


--
-- Name: tickets tickets_index_text; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER tickets_index_text AFTER INSERT OR DELETE OR UPDATE OF title, description, created_by, assigned_to, status, current_stage_id, workflow_id ON helpdesk.tickets FOR EACH ROW EXECUTE FUNCTION helpdesk.update_search_document();


--
-- Name: TRIGGER tickets_index_text ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER tickets_index_text ON helpdesk.tickets IS 'Updates the row of the ticket in search_documents.';


--
-- Name: articles update_article_version; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER update_article_version BEFORE INSERT OR UPDATE ON helpdesk.articles FOR EACH ROW EXECUTE FUNCTION helpdesk.update_article_version();


--
-- Name: TRIGGER update_article_version ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER update_article_version ON helpdesk.articles IS 'Checks the row and sets the system''s columns, such as version and timestamps.';


--
-- Name: workflow_stage_stats workflow_stage_stats_refuse_row; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflow_stage_stats_refuse_row INSTEAD OF INSERT OR DELETE OR UPDATE ON helpdesk.workflow_stage_stats FOR EACH ROW EXECUTE FUNCTION helpdesk.refuse_write_to_view();


--
-- Name: TRIGGER workflow_stage_stats_refuse_row ON workflow_stage_stats; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflow_stage_stats_refuse_row ON helpdesk.workflow_stage_stats IS 'Without it, Postgres would refuse writes before the other trigger fires.';


--
-- Name: workflow_stage_stats workflow_stage_stats_refuse_write; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflow_stage_stats_refuse_write BEFORE INSERT OR DELETE OR UPDATE ON helpdesk.workflow_stage_stats FOR EACH STATEMENT EXECUTE FUNCTION helpdesk.refuse_write_to_view();


--
-- Name: TRIGGER workflow_stage_stats_refuse_write ON workflow_stage_stats; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflow_stage_stats_refuse_write ON helpdesk.workflow_stage_stats IS 'Refuses every write, and says what to write instead.';


--
-- Name: workflow_stages workflow_stages_check_admin; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflow_stages_check_admin BEFORE INSERT ON helpdesk.workflow_stages FOR EACH ROW EXECUTE FUNCTION helpdesk.check_admin();


--
-- Name: TRIGGER workflow_stages_check_admin ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflow_stages_check_admin ON helpdesk.workflow_stages IS 'Refuses a caller who is not an admin of the organization.';


--
-- Name: workflow_stages workflow_stages_push_status; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflow_stages_push_status AFTER UPDATE OF status ON helpdesk.workflow_stages FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION helpdesk.workflow_stages_push_status();


--
-- Name: TRIGGER workflow_stages_push_status ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflow_stages_push_status ON helpdesk.workflow_stages IS 'Copies the new status to the tickets in the stage.';


--
-- Name: workflow_stages workflow_stages_single_start; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflow_stages_single_start BEFORE INSERT OR DELETE OR UPDATE ON helpdesk.workflow_stages FOR EACH ROW EXECUTE FUNCTION helpdesk.workflow_stages_single_start();


--
-- Name: TRIGGER workflow_stages_single_start ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflow_stages_single_start ON helpdesk.workflow_stages IS 'Keeps exactly one start stage in a workflow, names unique, and each stage in its workflow. Puts a
  new stage last, and refuses to delete one that tickets are or were in.';


--
-- Name: workflow_transitions workflow_transitions_check_admin; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflow_transitions_check_admin BEFORE INSERT ON helpdesk.workflow_transitions FOR EACH ROW EXECUTE FUNCTION helpdesk.check_admin();


--
-- Name: TRIGGER workflow_transitions_check_admin ON workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflow_transitions_check_admin ON helpdesk.workflow_transitions IS 'Refuses a caller who is not an admin of the organization.';


--
-- Name: workflows workflows_check_admin; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflows_check_admin BEFORE INSERT ON helpdesk.workflows FOR EACH ROW EXECUTE FUNCTION helpdesk.check_admin();


--
-- Name: TRIGGER workflows_check_admin ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflows_check_admin ON helpdesk.workflows IS 'Refuses a caller who is not an admin of the organization.';


--
-- Name: workflows workflows_keep_used; Type: TRIGGER; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE TRIGGER workflows_keep_used BEFORE DELETE ON helpdesk.workflows FOR EACH ROW EXECUTE FUNCTION helpdesk.workflows_keep_used();


--
-- Name: TRIGGER workflows_keep_used ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON TRIGGER workflows_keep_used ON helpdesk.workflows IS 'Refuses to delete a workflow that tickets use or used.';


--
-- Name: admin_invite_codes admin_invite_codes_created_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.admin_invite_codes
    ADD CONSTRAINT admin_invite_codes_created_by_fkey FOREIGN KEY (created_by) REFERENCES helpdesk.profiles(id);


--
-- Name: admin_invite_codes admin_invite_codes_used_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.admin_invite_codes
    ADD CONSTRAINT admin_invite_codes_used_by_fkey FOREIGN KEY (used_by) REFERENCES helpdesk.profiles(id);


--
-- Name: article_feedback article_feedback_article_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_feedback
    ADD CONSTRAINT article_feedback_article_id_fkey FOREIGN KEY (org_id, article_id) REFERENCES helpdesk.articles(org_id, id) ON DELETE CASCADE;


--
-- Name: article_feedback article_feedback_user_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_feedback
    ADD CONSTRAINT article_feedback_user_id_fkey FOREIGN KEY (user_id) REFERENCES helpdesk.profiles(id) ON DELETE CASCADE;


--
-- Name: article_versions article_versions_article_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_versions
    ADD CONSTRAINT article_versions_article_id_fkey FOREIGN KEY (org_id, article_id) REFERENCES helpdesk.articles(org_id, id) ON DELETE CASCADE;


--
-- Name: article_versions article_versions_created_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.article_versions
    ADD CONSTRAINT article_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES helpdesk.profiles(id);


--
-- Name: articles articles_author_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.articles
    ADD CONSTRAINT articles_author_fkey FOREIGN KEY (author) REFERENCES helpdesk.profiles(id);


--
-- Name: articles articles_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.articles
    ADD CONSTRAINT articles_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id);


--
-- Name: categories categories_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.categories
    ADD CONSTRAINT categories_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: categories categories_parent_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.categories
    ADD CONSTRAINT categories_parent_id_fkey FOREIGN KEY (org_id, parent_id) REFERENCES helpdesk.categories(org_id, id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: tickets fk_latest_history; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT fk_latest_history FOREIGN KEY (org_id, id, latest_history_id) REFERENCES helpdesk.ticket_history(org_id, ticket_id, id) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: CONSTRAINT fk_latest_history ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT fk_latest_history ON helpdesk.tickets IS 'The latest revision belongs to this ticket. Checked at commit, because a new ticket and its first
  revision refer to each other.';


--
-- Name: idempotency_keys idempotency_keys_actor_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.idempotency_keys
    ADD CONSTRAINT idempotency_keys_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES helpdesk.profiles(id);


--
-- Name: idempotency_keys idempotency_keys_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.idempotency_keys
    ADD CONSTRAINT idempotency_keys_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;


--
-- Name: notification_preferences notification_preferences_user_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.notification_preferences
    ADD CONSTRAINT notification_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES helpdesk.profiles(id) ON DELETE CASCADE;


--
-- Name: notifications notifications_comment_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.notifications
    ADD CONSTRAINT notifications_comment_id_fkey FOREIGN KEY (org_id, comment_id) REFERENCES helpdesk.ticket_comments(org_id, id) ON DELETE CASCADE;


--
-- Name: notifications notifications_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.notifications
    ADD CONSTRAINT notifications_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: notifications notifications_user_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.notifications
    ADD CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES helpdesk.profiles(id);


--
-- Name: org_invites org_invites_created_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_invites
    ADD CONSTRAINT org_invites_created_by_fkey FOREIGN KEY (created_by) REFERENCES helpdesk.profiles(id);


--
-- Name: org_invites org_invites_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_invites
    ADD CONSTRAINT org_invites_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: org_invites org_invites_used_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_invites
    ADD CONSTRAINT org_invites_used_by_fkey FOREIGN KEY (used_by) REFERENCES helpdesk.profiles(id);


--
-- Name: org_members org_members_added_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_members
    ADD CONSTRAINT org_members_added_by_fkey FOREIGN KEY (added_by) REFERENCES helpdesk.profiles(id);


--
-- Name: org_members org_members_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_members
    ADD CONSTRAINT org_members_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: org_members org_members_user_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.org_members
    ADD CONSTRAINT org_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES helpdesk.profiles(id);


--
-- Name: organizations organizations_created_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.organizations
    ADD CONSTRAINT organizations_created_by_fkey FOREIGN KEY (created_by) REFERENCES helpdesk.profiles(id);


--
-- Name: profiles profiles_auth_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.profiles
    ADD CONSTRAINT profiles_auth_id_fkey FOREIGN KEY (auth_id) REFERENCES auth.users(id);


--
-- Name: queue_watchers queue_watchers_user_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.queue_watchers
    ADD CONSTRAINT queue_watchers_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES helpdesk.org_members(org_id, user_id) ON DELETE CASCADE;


--
-- Name: queue_watchers queue_watchers_workflow_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.queue_watchers
    ADD CONSTRAINT queue_watchers_workflow_id_fkey FOREIGN KEY (org_id, workflow_id) REFERENCES helpdesk.workflows(org_id, id) ON DELETE CASCADE;


--
-- Name: search_rebuilds search_rebuilds_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.search_rebuilds
    ADD CONSTRAINT search_rebuilds_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: ticket_articles ticket_articles_article_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_articles
    ADD CONSTRAINT ticket_articles_article_id_fkey FOREIGN KEY (org_id, article_id) REFERENCES helpdesk.articles(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_articles ticket_articles_linked_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_articles
    ADD CONSTRAINT ticket_articles_linked_by_fkey FOREIGN KEY (linked_by) REFERENCES helpdesk.profiles(id);


--
-- Name: ticket_articles ticket_articles_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_articles
    ADD CONSTRAINT ticket_articles_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_attachments ticket_attachments_comment_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_attachments
    ADD CONSTRAINT ticket_attachments_comment_id_fkey FOREIGN KEY (org_id, comment_id) REFERENCES helpdesk.ticket_comments(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_attachments ticket_attachments_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_attachments
    ADD CONSTRAINT ticket_attachments_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_attachments ticket_attachments_uploaded_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_attachments
    ADD CONSTRAINT ticket_attachments_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES helpdesk.profiles(id);


--
-- Name: ticket_comments ticket_comments_created_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_comments
    ADD CONSTRAINT ticket_comments_created_by_fkey FOREIGN KEY (created_by) REFERENCES helpdesk.profiles(id);


--
-- Name: ticket_comments ticket_comments_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_comments
    ADD CONSTRAINT ticket_comments_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_counters ticket_counters_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_counters
    ADD CONSTRAINT ticket_counters_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: ticket_days_by_agent ticket_days_by_agent_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_days_by_agent
    ADD CONSTRAINT ticket_days_by_agent_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: ticket_days_by_priority ticket_days_by_priority_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_days_by_priority
    ADD CONSTRAINT ticket_days_by_priority_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: ticket_history ticket_history_assigned_to_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES helpdesk.profiles(id);


--
-- Name: ticket_history ticket_history_changed_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES helpdesk.profiles(id);


--
-- Name: ticket_history ticket_history_previous_history_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_previous_history_id_fkey FOREIGN KEY (org_id, ticket_id, previous_history_id) REFERENCES helpdesk.ticket_history(org_id, ticket_id, id);


--
-- Name: ticket_history ticket_history_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_history ticket_history_workflow_stage_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_history
    ADD CONSTRAINT ticket_history_workflow_stage_id_fkey FOREIGN KEY (org_id, workflow_stage_id) REFERENCES helpdesk.workflow_stages(org_id, id);


--
-- Name: ticket_internal_counts ticket_internal_counts_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_internal_counts
    ADD CONSTRAINT ticket_internal_counts_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_watchers ticket_watchers_ticket_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_watchers
    ADD CONSTRAINT ticket_watchers_ticket_id_fkey FOREIGN KEY (org_id, ticket_id) REFERENCES helpdesk.tickets(org_id, id) ON DELETE CASCADE;


--
-- Name: ticket_watchers ticket_watchers_user_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.ticket_watchers
    ADD CONSTRAINT ticket_watchers_user_id_fkey FOREIGN KEY (user_id) REFERENCES helpdesk.profiles(id) ON DELETE CASCADE;


--
-- Name: tickets tickets_assigned_to_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES helpdesk.profiles(id);


--
-- Name: tickets tickets_created_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_created_by_fkey FOREIGN KEY (created_by) REFERENCES helpdesk.profiles(id);


--
-- Name: tickets tickets_first_response_by_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_first_response_by_fkey FOREIGN KEY (first_response_by) REFERENCES helpdesk.profiles(id);


--
-- Name: tickets tickets_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id);


--
-- Name: tickets tickets_workflow_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT tickets_workflow_id_fkey FOREIGN KEY (org_id, workflow_id) REFERENCES helpdesk.workflows(org_id, id);


--
-- Name: tickets valid_stage_workflow; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.tickets
    ADD CONSTRAINT valid_stage_workflow FOREIGN KEY (org_id, workflow_id, current_stage_id) REFERENCES helpdesk.workflow_stages(org_id, workflow_id, id);


--
-- Name: CONSTRAINT valid_stage_workflow ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON CONSTRAINT valid_stage_workflow ON helpdesk.tickets IS 'The stage belongs to the workflow of the ticket.';


--
-- Name: workflow_stages workflow_stages_workflow_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_stages
    ADD CONSTRAINT workflow_stages_workflow_id_fkey FOREIGN KEY (org_id, workflow_id) REFERENCES helpdesk.workflows(org_id, id) ON DELETE CASCADE;


--
-- Name: workflow_transitions workflow_transitions_from_stage_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_transitions
    ADD CONSTRAINT workflow_transitions_from_stage_id_fkey FOREIGN KEY (org_id, workflow_id, from_stage_id) REFERENCES helpdesk.workflow_stages(org_id, workflow_id, id) ON DELETE CASCADE;


--
-- Name: workflow_transitions workflow_transitions_to_stage_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflow_transitions
    ADD CONSTRAINT workflow_transitions_to_stage_id_fkey FOREIGN KEY (org_id, workflow_id, to_stage_id) REFERENCES helpdesk.workflow_stages(org_id, workflow_id, id) ON DELETE CASCADE;


--
-- Name: workflows workflows_org_id_fkey; Type: FK CONSTRAINT; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE ONLY helpdesk.workflows
    ADD CONSTRAINT workflows_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id) ON DELETE CASCADE;


--
-- Name: invoices invoices_org_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_org_id_fkey FOREIGN KEY (org_id) REFERENCES helpdesk.organizations(id);


--
-- Name: users helpdesk_reads_logins; Type: POLICY; Schema: auth; Owner: postgres
--

CREATE POLICY helpdesk_reads_logins ON auth.users FOR SELECT TO helpdesk_owner USING (true);


--
-- Name: POLICY helpdesk_reads_logins ON users; Type: COMMENT; Schema: auth; Owner: postgres
--

COMMENT ON POLICY helpdesk_reads_logins ON auth.users IS 'Lets the SECURITY DEFINER functions of helpdesk look up whether an address is confirmed, and create
  a profile that is missing. Column privileges restrict what they read.';


--
-- Name: users; Type: ROW SECURITY; Schema: auth; Owner: postgres
--

ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;

--
-- Name: admin_invite_codes; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.admin_invite_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: org_members admins_change_members; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_change_members ON helpdesk.org_members FOR UPDATE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_change_members ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_change_members ON helpdesk.org_members IS 'Admins change the roles of members.';


--
-- Name: installation_settings admins_change_settings; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_change_settings ON helpdesk.installation_settings FOR UPDATE TO authenticated USING (helpdesk.is_installation_admin()) WITH CHECK (helpdesk.is_installation_admin());


--
-- Name: POLICY admins_change_settings ON installation_settings; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_change_settings ON helpdesk.installation_settings IS 'Administrators of the installation change the settings.';


--
-- Name: workflow_stages admins_change_stages; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_change_stages ON helpdesk.workflow_stages FOR UPDATE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_change_stages ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_change_stages ON helpdesk.workflow_stages IS 'Admins update the stages of their organizations.';


--
-- Name: workflow_transitions admins_change_transitions; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_change_transitions ON helpdesk.workflow_transitions FOR UPDATE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_change_transitions ON workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_change_transitions ON helpdesk.workflow_transitions IS 'Admins decide who may make a move.';


--
-- Name: workflows admins_change_workflows; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_change_workflows ON helpdesk.workflows FOR UPDATE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_change_workflows ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_change_workflows ON helpdesk.workflows IS 'Admins update the workflows of their organizations.';


--
-- Name: workflow_stages admins_create_stages; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_create_stages ON helpdesk.workflow_stages FOR INSERT TO authenticated WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_create_stages ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_create_stages ON helpdesk.workflow_stages IS 'Admins create stages in their organizations.';


--
-- Name: workflow_transitions admins_create_transitions; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_create_transitions ON helpdesk.workflow_transitions FOR INSERT TO authenticated WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_create_transitions ON workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_create_transitions ON helpdesk.workflow_transitions IS 'Admins allow moves in their organizations.';


--
-- Name: workflows admins_create_workflows; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_create_workflows ON helpdesk.workflows FOR INSERT TO authenticated WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_create_workflows ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_create_workflows ON helpdesk.workflows IS 'Admins create workflows in their organizations.';


--
-- Name: workflow_stages admins_delete_stages; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_delete_stages ON helpdesk.workflow_stages FOR DELETE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_delete_stages ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_delete_stages ON helpdesk.workflow_stages IS 'Admins delete stages of their organizations that no ticket was ever in.';


--
-- Name: workflow_transitions admins_delete_transitions; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_delete_transitions ON helpdesk.workflow_transitions FOR DELETE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_delete_transitions ON workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_delete_transitions ON helpdesk.workflow_transitions IS 'Admins withdraw allowed moves.';


--
-- Name: workflows admins_delete_workflows; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_delete_workflows ON helpdesk.workflows FOR DELETE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_delete_workflows ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_delete_workflows ON helpdesk.workflows IS 'Admins delete workflows of their organizations that no ticket ever used.';


--
-- Name: tickets admins_full_access; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_full_access ON helpdesk.tickets TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_full_access ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_full_access ON helpdesk.tickets IS 'Admins read, create, update and delete the tickets of their organizations.';


--
-- Name: org_invites admins_invite; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_invite ON helpdesk.org_invites FOR INSERT TO authenticated WITH CHECK (((org_id = ANY (helpdesk.my_admin_org_ids())) AND (created_by = helpdesk.my_profile_id())));


--
-- Name: POLICY admins_invite ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_invite ON helpdesk.org_invites IS 'Admins invite people to their organizations, in their own name.';


--
-- Name: admin_invite_codes admins_read_codes; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_read_codes ON helpdesk.admin_invite_codes FOR SELECT TO authenticated USING (helpdesk.is_installation_admin());


--
-- Name: POLICY admins_read_codes ON admin_invite_codes; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_read_codes ON helpdesk.admin_invite_codes IS 'Administrators of the installation list the codes, of which they see only the digests.';


--
-- Name: org_invites admins_read_invites; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_read_invites ON helpdesk.org_invites FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_read_invites ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_read_invites ON helpdesk.org_invites IS 'Admins read the invites of their organizations; invited people call my_pending_invites().';


--
-- Name: org_members admins_remove_members; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_remove_members ON helpdesk.org_members FOR DELETE TO authenticated USING ((org_id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY admins_remove_members ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_remove_members ON helpdesk.org_members IS 'Admins remove members. Nobody can insert members: people join by accepting an invite.';


--
-- Name: admin_invite_codes admins_revoke_codes; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_revoke_codes ON helpdesk.admin_invite_codes FOR DELETE TO authenticated USING ((helpdesk.is_installation_admin() AND (used_at IS NULL)));


--
-- Name: POLICY admins_revoke_codes ON admin_invite_codes; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_revoke_codes ON helpdesk.admin_invite_codes IS 'Administrators of the installation revoke codes that have not been redeemed.';


--
-- Name: org_invites admins_revoke_invites; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY admins_revoke_invites ON helpdesk.org_invites FOR DELETE TO authenticated USING (((org_id = ANY (helpdesk.my_admin_org_ids())) AND (used_at IS NULL)));


--
-- Name: POLICY admins_revoke_invites ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY admins_revoke_invites ON helpdesk.org_invites IS 'Admins revoke pending invites of their organizations.';


--
-- Name: ticket_history agent_full_history; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agent_full_history ON helpdesk.ticket_history FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY agent_full_history ON ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agent_full_history ON helpdesk.ticket_history IS 'Staff read the history of all tickets of their organizations.';


--
-- Name: tickets agents_change_tickets; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agents_change_tickets ON helpdesk.tickets FOR UPDATE TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY agents_change_tickets ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agents_change_tickets ON helpdesk.tickets IS 'Staff update the tickets of their organizations. Column privileges restrict the columns.';


--
-- Name: tickets agents_create_tickets; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agents_create_tickets ON helpdesk.tickets FOR INSERT TO authenticated WITH CHECK ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY agents_create_tickets ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agents_create_tickets ON helpdesk.tickets IS 'Staff create tickets for any member.';


--
-- Name: org_invites agents_invite_customers; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agents_invite_customers ON helpdesk.org_invites FOR INSERT TO authenticated WITH CHECK (((org_id = ANY (helpdesk.my_inviting_org_ids())) AND (role = 'customer'::helpdesk.user_role) AND (created_by = helpdesk.my_profile_id())));


--
-- Name: POLICY agents_invite_customers ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agents_invite_customers ON helpdesk.org_invites IS 'Agents invite customers, in their own name, if organizations.agents_may_invite is set.';


--
-- Name: tickets agents_org_tickets; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agents_org_tickets ON helpdesk.tickets FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY agents_org_tickets ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agents_org_tickets ON helpdesk.tickets IS 'Staff read all tickets of their organizations.';


--
-- Name: org_invites agents_read_own_invites; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agents_read_own_invites ON helpdesk.org_invites FOR SELECT TO authenticated USING (((org_id = ANY (helpdesk.my_staff_org_ids())) AND (created_by = helpdesk.my_profile_id())));


--
-- Name: POLICY agents_read_own_invites ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agents_read_own_invites ON helpdesk.org_invites IS 'Staff read the invites that they sent.';


--
-- Name: org_invites agents_revoke_own_invites; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY agents_revoke_own_invites ON helpdesk.org_invites FOR DELETE TO authenticated USING (((org_id = ANY (helpdesk.my_staff_org_ids())) AND (created_by = helpdesk.my_profile_id()) AND (used_at IS NULL)));


--
-- Name: POLICY agents_revoke_own_invites ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY agents_revoke_own_invites ON helpdesk.org_invites IS 'Staff revoke pending invites that they sent.';


--
-- Name: schema_version anyone_reads_version; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY anyone_reads_version ON helpdesk.schema_version FOR SELECT TO authenticated USING (true);


--
-- Name: POLICY anyone_reads_version ON schema_version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY anyone_reads_version ON helpdesk.schema_version IS 'Everybody who is signed in reads the version.';


--
-- Name: article_feedback; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.article_feedback ENABLE ROW LEVEL SECURITY;

--
-- Name: article_versions; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.article_versions ENABLE ROW LEVEL SECURITY;

--
-- Name: articles; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.articles ENABLE ROW LEVEL SECURITY;

--
-- Name: categories; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.categories ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_comments create_external_comments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY create_external_comments ON helpdesk.ticket_comments FOR INSERT TO authenticated WITH CHECK (((NOT is_internal) AND (created_by = helpdesk.my_profile_id()) AND ((org_id = ANY (helpdesk.my_staff_org_ids())) OR (((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids()))) AND (org_id = ANY (helpdesk.my_org_ids()))))));


--
-- Name: POLICY create_external_comments ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY create_external_comments ON helpdesk.ticket_comments IS 'Members comment on the tickets that they can see, staff on all tickets of their organizations.';


--
-- Name: ticket_comments create_internal_comments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY create_internal_comments ON helpdesk.ticket_comments FOR INSERT TO authenticated WITH CHECK ((is_internal AND (created_by = helpdesk.my_profile_id()) AND (org_id = ANY (helpdesk.my_staff_org_ids()))));


--
-- Name: POLICY create_internal_comments ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY create_internal_comments ON helpdesk.ticket_comments IS 'Staff write internal comments.';


--
-- Name: organizations create_org; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY create_org ON helpdesk.organizations FOR INSERT TO authenticated WITH CHECK (((created_by = helpdesk.my_profile_id()) AND helpdesk.may_create_organization()));


--
-- Name: POLICY create_org ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY create_org ON helpdesk.organizations IS 'People create organizations in their own name if may_create_organization() lets them.';


--
-- Name: org_members customers_read_staff; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY customers_read_staff ON helpdesk.org_members FOR SELECT TO authenticated USING (((org_id = ANY (helpdesk.my_org_ids())) AND ((user_id = helpdesk.my_profile_id()) OR (org_role = ANY (ARRAY['org_admin'::text, 'org_agent'::text])))));


--
-- Name: POLICY customers_read_staff ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY customers_read_staff ON helpdesk.org_members IS 'Customers read their own membership and those of the staff.';


--
-- Name: articles everybody_reads_public; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY everybody_reads_public ON helpdesk.articles FOR SELECT TO anon, authenticated USING (((status = 'published'::text) AND (visibility = 'public'::text)));


--
-- Name: POLICY everybody_reads_public ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY everybody_reads_public ON helpdesk.articles IS 'Everybody, signed in or not, reads articles that are published for everybody.';


--
-- Name: tickets everyone_reads_showcase; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY everyone_reads_showcase ON helpdesk.tickets FOR SELECT TO authenticated USING ((external_ref = 'SHOWCASE'::text));


--
-- Name: organizations founder_reads_new_org; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY founder_reads_new_org ON helpdesk.organizations FOR SELECT TO authenticated USING (((created_by = helpdesk.my_profile_id()) AND (created_at = now())));


--
-- Name: POLICY founder_reads_new_org ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY founder_reads_new_org ON helpdesk.organizations IS 'An INSERT returns the new row, before the membership of its founder begins.';


--
-- Name: idempotency_keys; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.idempotency_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: installation_settings; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.installation_settings ENABLE ROW LEVEL SECURITY;

--
-- Name: admin_invite_codes load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.admin_invite_codes TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON admin_invite_codes; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.admin_invite_codes IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: article_feedback load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.article_feedback TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON article_feedback; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.article_feedback IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: article_versions load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.article_versions TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON article_versions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.article_versions IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: articles load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.articles TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.articles IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: categories load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.categories TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.categories IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: installation_settings load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.installation_settings TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON installation_settings; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.installation_settings IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: notification_preferences load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.notification_preferences TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON notification_preferences; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.notification_preferences IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: notifications load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.notifications TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON notifications; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.notifications IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: org_invites load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.org_invites TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON org_invites; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.org_invites IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: org_members load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.org_members TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.org_members IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: organizations load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.organizations TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.organizations IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: profiles load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.profiles TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.profiles IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: queue_watchers load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.queue_watchers TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON queue_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.queue_watchers IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: schema_version load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.schema_version TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON schema_version; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.schema_version IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_agent_counts load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_agent_counts TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_agent_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_agent_counts IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_articles load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_articles TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_articles IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_attachments load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_attachments TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_attachments IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_comments load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_comments TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_comments IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_days_by_agent load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_days_by_agent TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_days_by_agent; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_days_by_agent IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_days_by_priority load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_days_by_priority TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_days_by_priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_days_by_priority IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_history load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_history TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_history IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_internal_counts load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_internal_counts TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_internal_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_internal_counts IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_stage_counts load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_stage_counts TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_stage_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_stage_counts IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_stat_deltas load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_stat_deltas TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_stat_deltas; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_stat_deltas IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_watchers load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.ticket_watchers TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON ticket_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.ticket_watchers IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: tickets load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.tickets TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.tickets IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: workflow_stages load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.workflow_stages TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.workflow_stages IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: workflow_transitions load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.workflow_transitions TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.workflow_transitions IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: workflows load_library; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY load_library ON helpdesk.workflows TO authenticated USING (helpdesk.load_library()) WITH CHECK (helpdesk.load_library());


--
-- Name: POLICY load_library ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY load_library ON helpdesk.workflows IS 'Permits nothing. It loads the library, which explains why a write is denied.';


--
-- Name: ticket_attachments manage_attachments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY manage_attachments ON helpdesk.ticket_attachments FOR DELETE TO authenticated USING (((org_id = ANY (helpdesk.my_staff_org_ids())) OR ((uploaded_by = helpdesk.my_profile_id()) AND (NOT is_internal) AND ((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids()))) AND (org_id = ANY (helpdesk.my_org_ids())))));


--
-- Name: POLICY manage_attachments ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY manage_attachments ON helpdesk.ticket_attachments IS 'Staff delete any attachment, members their own.';


--
-- Name: ticket_comments manage_own_comments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY manage_own_comments ON helpdesk.ticket_comments FOR UPDATE TO authenticated USING (((created_by = helpdesk.my_profile_id()) AND ((org_id = ANY (helpdesk.my_staff_org_ids())) OR ((NOT is_internal) AND ((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids()))) AND (org_id = ANY (helpdesk.my_org_ids())))))) WITH CHECK ((created_by = helpdesk.my_profile_id()));


--
-- Name: POLICY manage_own_comments ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY manage_own_comments ON helpdesk.ticket_comments IS 'Authors edit their own comments as long as they can read them.';


--
-- Name: organizations manage_own_org; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY manage_own_org ON helpdesk.organizations FOR UPDATE TO authenticated USING ((id = ANY (helpdesk.my_admin_org_ids()))) WITH CHECK ((id = ANY (helpdesk.my_admin_org_ids())));


--
-- Name: POLICY manage_own_org ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY manage_own_org ON helpdesk.organizations IS 'Admins update their organizations.';


--
-- Name: articles members_read_published; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY members_read_published ON helpdesk.articles FOR SELECT TO authenticated USING (((status = 'published'::text) AND (visibility = ANY (ARRAY['members'::text, 'public'::text])) AND (org_id = ANY (helpdesk.my_org_ids()))));


--
-- Name: POLICY members_read_published ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY members_read_published ON helpdesk.articles IS 'Members read articles that are published for members or for everybody.';


--
-- Name: workflow_stages members_read_stages; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY members_read_stages ON helpdesk.workflow_stages FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_org_ids())));


--
-- Name: POLICY members_read_stages ON workflow_stages; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY members_read_stages ON helpdesk.workflow_stages IS 'Members read the stages of their organizations.';


--
-- Name: workflow_transitions members_read_transitions; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY members_read_transitions ON helpdesk.workflow_transitions FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_org_ids())));


--
-- Name: POLICY members_read_transitions ON workflow_transitions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY members_read_transitions ON helpdesk.workflow_transitions IS 'Members read the allowed moves of their organizations.';


--
-- Name: workflows members_read_workflows; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY members_read_workflows ON helpdesk.workflows FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_org_ids())));


--
-- Name: POLICY members_read_workflows ON workflows; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY members_read_workflows ON helpdesk.workflows IS 'Members read the workflows of their organizations.';


--
-- Name: notification_preferences; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.notification_preferences ENABLE ROW LEVEL SECURITY;

--
-- Name: notifications; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.notifications ENABLE ROW LEVEL SECURITY;

--
-- Name: org_invites; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.org_invites ENABLE ROW LEVEL SECURITY;

--
-- Name: org_members; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.org_members ENABLE ROW LEVEL SECURITY;

--
-- Name: organizations; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.organizations ENABLE ROW LEVEL SECURITY;

--
-- Name: article_feedback own_feedback; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY own_feedback ON helpdesk.article_feedback TO authenticated USING ((user_id = helpdesk.my_profile_id())) WITH CHECK ((user_id = helpdesk.my_profile_id()));


--
-- Name: POLICY own_feedback ON article_feedback; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY own_feedback ON helpdesk.article_feedback IS 'Readers read and write their own feedback.';


--
-- Name: notification_preferences own_preferences; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY own_preferences ON helpdesk.notification_preferences TO authenticated USING ((user_id = helpdesk.my_profile_id())) WITH CHECK ((user_id = helpdesk.my_profile_id()));


--
-- Name: POLICY own_preferences ON notification_preferences; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY own_preferences ON helpdesk.notification_preferences IS 'People manage their own preferences.';


--
-- Name: profiles own_profile; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY own_profile ON helpdesk.profiles FOR SELECT TO authenticated USING ((id = helpdesk.my_profile_id()));


--
-- Name: POLICY own_profile ON profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY own_profile ON helpdesk.profiles IS 'People read their own profile.';


--
-- Name: ticket_watchers own_watching; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY own_watching ON helpdesk.ticket_watchers FOR SELECT TO authenticated USING (((user_id = helpdesk.my_profile_id()) AND (org_id = ANY (helpdesk.my_org_ids()))));


--
-- Name: POLICY own_watching ON ticket_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY own_watching ON helpdesk.ticket_watchers IS 'Members read which tickets they watch.';


--
-- Name: installation_settings people_read_settings; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY people_read_settings ON helpdesk.installation_settings FOR SELECT TO authenticated USING ((helpdesk.my_profile_id() IS NOT NULL));


--
-- Name: POLICY people_read_settings ON installation_settings; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY people_read_settings ON helpdesk.installation_settings IS 'Everybody who is signed in reads the settings.';


--
-- Name: profiles; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.profiles ENABLE ROW LEVEL SECURITY;

--
-- Name: queue_watchers; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.queue_watchers ENABLE ROW LEVEL SECURITY;

--
-- Name: schema_version; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.schema_version ENABLE ROW LEVEL SECURITY;

--
-- Name: search_documents; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.search_documents ENABLE ROW LEVEL SECURITY;

--
-- Name: search_rebuilds; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.search_rebuilds ENABLE ROW LEVEL SECURITY;

--
-- Name: articles staff_full_access; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_full_access ON helpdesk.articles TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_full_access ON articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_full_access ON helpdesk.articles IS 'Staff read and write all articles of their organizations.';


--
-- Name: categories staff_full_access; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_full_access ON helpdesk.categories TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids()))) WITH CHECK ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_full_access ON categories; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_full_access ON helpdesk.categories IS 'Staff read and write the categories of their organizations. Others call list_categories().';


--
-- Name: ticket_articles staff_link; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_link ON helpdesk.ticket_articles FOR INSERT TO authenticated WITH CHECK (((org_id = ANY (helpdesk.my_staff_org_ids())) AND (linked_by = helpdesk.my_profile_id())));


--
-- Name: POLICY staff_link ON ticket_articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_link ON helpdesk.ticket_articles IS 'Staff link articles to tickets of their organizations, in their own name.';


--
-- Name: ticket_days_by_priority staff_read_activity; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_activity ON helpdesk.ticket_days_by_priority FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_activity ON ticket_days_by_priority; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_activity ON helpdesk.ticket_days_by_priority IS 'Staff read the activity in their organizations.';


--
-- Name: ticket_days_by_agent staff_read_agent_activity; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_agent_activity ON helpdesk.ticket_days_by_agent FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_agent_activity ON ticket_days_by_agent; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_agent_activity ON helpdesk.ticket_days_by_agent IS 'Staff read the activity in their organizations.';


--
-- Name: ticket_agent_counts staff_read_agent_counts; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_agent_counts ON helpdesk.ticket_agent_counts FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_agent_counts ON ticket_agent_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_agent_counts ON helpdesk.ticket_agent_counts IS 'Staff read the counts of their organizations.';


--
-- Name: ticket_internal_counts staff_read_counts; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_counts ON helpdesk.ticket_internal_counts FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_counts ON ticket_internal_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_counts ON helpdesk.ticket_internal_counts IS 'Staff read the counts of their organizations.';


--
-- Name: ticket_stage_counts staff_read_counts; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_counts ON helpdesk.ticket_stage_counts FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_counts ON ticket_stage_counts; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_counts ON helpdesk.ticket_stage_counts IS 'Staff read the counts of their organizations.';


--
-- Name: ticket_stat_deltas staff_read_deltas; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_deltas ON helpdesk.ticket_stat_deltas FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_deltas ON ticket_stat_deltas; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_deltas ON helpdesk.ticket_stat_deltas IS 'Staff read the deltas of their organizations.';


--
-- Name: article_feedback staff_read_feedback; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_feedback ON helpdesk.article_feedback FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_feedback ON article_feedback; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_feedback ON helpdesk.article_feedback IS 'Staff read the feedback on articles of their organizations.';


--
-- Name: ticket_articles staff_read_links; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_links ON helpdesk.ticket_articles FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_links ON ticket_articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_links ON helpdesk.ticket_articles IS 'Staff read which articles are linked to tickets.';


--
-- Name: org_members staff_read_members; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_members ON helpdesk.org_members FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_members ON org_members; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_members ON helpdesk.org_members IS 'Staff read all members of their organizations.';


--
-- Name: profiles staff_read_members; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_members ON helpdesk.profiles FOR SELECT TO authenticated USING (helpdesk.is_member_of_my_orgs(id));


--
-- Name: POLICY staff_read_members ON profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_members ON helpdesk.profiles IS 'Staff read the profiles of the members of their organizations.';


--
-- Name: queue_watchers staff_read_queue_watchers; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_queue_watchers ON helpdesk.queue_watchers FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_queue_watchers ON queue_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_queue_watchers ON helpdesk.queue_watchers IS 'Staff read the watchers of the queues of their organizations.';


--
-- Name: article_versions staff_read_versions; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_versions ON helpdesk.article_versions FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_versions ON article_versions; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_versions ON helpdesk.article_versions IS 'Staff read the versions of all articles of their organizations.';


--
-- Name: ticket_watchers staff_read_watchers; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_read_watchers ON helpdesk.ticket_watchers FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_read_watchers ON ticket_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_read_watchers ON helpdesk.ticket_watchers IS 'Staff read the watchers of tickets of their organizations.';


--
-- Name: ticket_articles staff_unlink; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY staff_unlink ON helpdesk.ticket_articles FOR DELETE TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY staff_unlink ON ticket_articles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY staff_unlink ON helpdesk.ticket_articles IS 'Staff remove links of their organizations.';


--
-- Name: ticket_watchers stop_watching; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY stop_watching ON helpdesk.ticket_watchers FOR DELETE TO authenticated USING ((user_id = helpdesk.my_profile_id()));


--
-- Name: POLICY stop_watching ON ticket_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY stop_watching ON helpdesk.ticket_watchers IS 'People stop watching a ticket. To start, they call watch_ticket().';


--
-- Name: queue_watchers stop_watching_queue; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY stop_watching_queue ON helpdesk.queue_watchers FOR DELETE TO authenticated USING (((user_id = helpdesk.my_profile_id()) AND (org_id = ANY (helpdesk.my_staff_org_ids()))));


--
-- Name: POLICY stop_watching_queue ON queue_watchers; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY stop_watching_queue ON helpdesk.queue_watchers IS 'Staff stop watching a queue. To start, they call watch_queue().';


--
-- Name: ticket_agent_counts; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_agent_counts ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_articles; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_articles ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_attachments; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_attachments ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_comments; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_comments ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_counters; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_counters ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_days_by_agent; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_days_by_agent ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_days_by_priority; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_days_by_priority ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_history; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_history ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_internal_counts; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_internal_counts ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_stage_counts; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_stage_counts ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_stat_deltas; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_stat_deltas ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_watchers; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.ticket_watchers ENABLE ROW LEVEL SECURITY;

--
-- Name: tickets; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.tickets ENABLE ROW LEVEL SECURITY;

--
-- Name: profiles update_own_profile; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY update_own_profile ON helpdesk.profiles FOR UPDATE TO authenticated USING ((id = helpdesk.my_profile_id())) WITH CHECK ((id = helpdesk.my_profile_id()));


--
-- Name: POLICY update_own_profile ON profiles; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY update_own_profile ON helpdesk.profiles IS 'People update their own name, avatar_url, preferences and last_active. Column privileges and the
  trigger profiles_protect_columns prevent other changes.';


--
-- Name: ticket_attachments upload_attachments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY upload_attachments ON helpdesk.ticket_attachments FOR INSERT TO authenticated WITH CHECK (((uploaded_by = helpdesk.my_profile_id()) AND ((org_id = ANY (helpdesk.my_staff_org_ids())) OR ((NOT is_internal) AND ((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids()))) AND (org_id = ANY (helpdesk.my_org_ids()))))));


--
-- Name: POLICY upload_attachments ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY upload_attachments ON helpdesk.ticket_attachments IS 'Members attach files to the tickets that they can see; only staff attach internal ones.';


--
-- Name: ticket_history user_limited_history; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY user_limited_history ON helpdesk.ticket_history FOR SELECT TO authenticated USING (((org_id = ANY (helpdesk.my_customer_org_ids())) AND ((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids())))));


--
-- Name: POLICY user_limited_history ON ticket_history; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY user_limited_history ON helpdesk.ticket_history IS 'Members read the history of the tickets that they can see.';


--
-- Name: tickets users_assigned_tickets; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY users_assigned_tickets ON helpdesk.tickets FOR SELECT TO authenticated USING (((org_id = ANY (helpdesk.my_customer_org_ids())) AND ((created_by = helpdesk.my_profile_id()) OR (assigned_to = helpdesk.my_profile_id()))));


--
-- Name: POLICY users_assigned_tickets ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY users_assigned_tickets ON helpdesk.tickets IS 'Members read the tickets that they created or that are assigned to them.';


--
-- Name: tickets users_create_tickets; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY users_create_tickets ON helpdesk.tickets FOR INSERT TO authenticated WITH CHECK (((org_id = ANY (helpdesk.my_org_ids())) AND (created_by = helpdesk.my_profile_id()) AND (assigned_to IS NULL)));


--
-- Name: POLICY users_create_tickets ON tickets; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY users_create_tickets ON helpdesk.tickets IS 'Members create unassigned tickets in their own name.';


--
-- Name: notifications users_own_notifications; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY users_own_notifications ON helpdesk.notifications TO authenticated USING (((user_id = helpdesk.my_profile_id()) AND (org_id = ANY (helpdesk.my_org_ids())))) WITH CHECK (((user_id = helpdesk.my_profile_id()) AND (org_id = ANY (helpdesk.my_org_ids()))));


--
-- Name: POLICY users_own_notifications ON notifications; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY users_own_notifications ON helpdesk.notifications IS 'People read, mark as read and delete their own notifications. Those of an organization that they
  have left are hidden.';


--
-- Name: ticket_attachments view_attachments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY view_attachments ON helpdesk.ticket_attachments FOR SELECT TO authenticated USING (((org_id = ANY (helpdesk.my_staff_org_ids())) OR ((NOT is_internal) AND ((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids()))) AND (org_id = ANY (helpdesk.my_org_ids())))));


--
-- Name: POLICY view_attachments ON ticket_attachments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY view_attachments ON helpdesk.ticket_attachments IS 'Staff read all attachments of their organizations; members read the public ones on the tickets that
  they can see.';


--
-- Name: ticket_comments view_external_comments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY view_external_comments ON helpdesk.ticket_comments FOR SELECT TO authenticated USING (((NOT is_internal) AND ((requester_id = helpdesk.my_profile_id()) OR (ticket_id = ANY (helpdesk.my_assigned_ticket_ids()))) AND (org_id = ANY (helpdesk.my_org_ids()))));


--
-- Name: POLICY view_external_comments ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY view_external_comments ON helpdesk.ticket_comments IS 'Members read the public comments on the tickets that they can see.';


--
-- Name: ticket_comments view_internal_comments; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY view_internal_comments ON helpdesk.ticket_comments FOR SELECT TO authenticated USING ((org_id = ANY (helpdesk.my_staff_org_ids())));


--
-- Name: POLICY view_internal_comments ON ticket_comments; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY view_internal_comments ON helpdesk.ticket_comments IS 'Staff read all comments of their organizations.';


--
-- Name: organizations view_own_org; Type: POLICY; Schema: helpdesk; Owner: helpdesk_owner
--

CREATE POLICY view_own_org ON helpdesk.organizations FOR SELECT TO authenticated USING ((id = ANY (helpdesk.my_org_ids())));


--
-- Name: POLICY view_own_org ON organizations; Type: COMMENT; Schema: helpdesk; Owner: helpdesk_owner
--

COMMENT ON POLICY view_own_org ON helpdesk.organizations IS 'Members read their organizations.';


--
-- Name: workflow_stages; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.workflow_stages ENABLE ROW LEVEL SECURITY;

--
-- Name: workflow_transitions; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.workflow_transitions ENABLE ROW LEVEL SECURITY;

--
-- Name: workflows; Type: ROW SECURITY; Schema: helpdesk; Owner: helpdesk_owner
--

ALTER TABLE helpdesk.workflows ENABLE ROW LEVEL SECURITY;

--
-- Name: ticket_feed; Type: PUBLICATION; Schema: -; Owner: postgres
--

CREATE PUBLICATION ticket_feed WITH (publish = 'insert, update, delete, truncate');


ALTER PUBLICATION ticket_feed OWNER TO postgres;

--
-- Name: ticket_feed tickets; Type: PUBLICATION TABLE; Schema: helpdesk; Owner: postgres
--

ALTER PUBLICATION ticket_feed ADD TABLE ONLY helpdesk.tickets;


--
-- Name: ticket_feed invoices; Type: PUBLICATION TABLE; Schema: public; Owner: postgres
--

ALTER PUBLICATION ticket_feed ADD TABLE ONLY public.invoices;


--
-- Name: SCHEMA auth; Type: ACL; Schema: -; Owner: postgres
--

GRANT USAGE ON SCHEMA auth TO anon;
GRANT USAGE ON SCHEMA auth TO authenticated;
GRANT USAGE ON SCHEMA auth TO service_role;
GRANT USAGE ON SCHEMA auth TO helpdesk_owner;


--
-- Name: FUNCTION uid(); Type: ACL; Schema: auth; Owner: postgres
--

REVOKE ALL ON FUNCTION auth.uid() FROM PUBLIC;
GRANT ALL ON FUNCTION auth.uid() TO anon;
GRANT ALL ON FUNCTION auth.uid() TO authenticated;
GRANT ALL ON FUNCTION auth.uid() TO service_role;
GRANT ALL ON FUNCTION auth.uid() TO helpdesk_owner;


--
-- Name: TABLE users; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.users TO service_role;


--
-- Name: COLUMN users.id; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT(id) ON TABLE auth.users TO helpdesk_owner;


--
-- Name: COLUMN users.email; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT(email) ON TABLE auth.users TO helpdesk_owner;


--
-- Name: COLUMN users.email_confirmed_at; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT(email_confirmed_at) ON TABLE auth.users TO helpdesk_owner;


--
-- Name: COLUMN users.raw_user_meta_data; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT(raw_user_meta_data) ON TABLE auth.users TO helpdesk_owner;


--
-- Name: TABLE admin_invite_codes; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.admin_invite_codes TO authenticated;
GRANT SELECT,DELETE ON TABLE helpdesk.admin_invite_codes TO service_role;


--
-- Name: TABLE profiles; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.profiles TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.profiles TO service_role;


--
-- Name: COLUMN profiles.name; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(name) ON TABLE helpdesk.profiles TO authenticated;


--
-- Name: COLUMN profiles.avatar_url; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(avatar_url) ON TABLE helpdesk.profiles TO authenticated;


--
-- Name: COLUMN profiles.last_active; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(last_active) ON TABLE helpdesk.profiles TO authenticated;


--
-- Name: COLUMN profiles.preferences; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(preferences) ON TABLE helpdesk.profiles TO authenticated;


--
-- Name: TABLE ticket_internal_counts; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_internal_counts TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_internal_counts TO service_role;


--
-- Name: TABLE tickets; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.tickets TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.tickets TO service_role;


--
-- Name: COLUMN tickets.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.title; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(title),UPDATE(title) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.description; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(description),UPDATE(description) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.priority; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(priority),UPDATE(priority) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.workflow_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(workflow_id),UPDATE(workflow_id) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.current_stage_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(current_stage_id) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.assigned_to; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(assigned_to),UPDATE(assigned_to) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: COLUMN tickets.created_by; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(created_by),UPDATE(created_by) ON TABLE helpdesk.tickets TO authenticated;


--
-- Name: TABLE workflow_stages; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.workflow_stages TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.workflow_stages TO service_role;


--
-- Name: COLUMN workflow_stages.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages.workflow_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(workflow_id) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages.name; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(name),UPDATE(name) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages.description; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(description),UPDATE(description) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages."position"; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT("position"),UPDATE("position") ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages.status; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(status),UPDATE(status) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages.is_start; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(is_start),UPDATE(is_start) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: COLUMN workflow_stages.is_active; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(is_active),UPDATE(is_active) ON TABLE helpdesk.workflow_stages TO authenticated;


--
-- Name: TABLE workflows; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.workflows TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.workflows TO service_role;


--
-- Name: COLUMN workflows.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.workflows TO authenticated;


--
-- Name: COLUMN workflows.id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT(id) ON TABLE helpdesk.workflows TO anon;


--
-- Name: COLUMN workflows.name; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(name),UPDATE(name) ON TABLE helpdesk.workflows TO authenticated;
GRANT UPDATE(name) ON TABLE helpdesk.workflows TO service_role;
GRANT SELECT(name) ON TABLE helpdesk.workflows TO anon;


--
-- Name: COLUMN workflows.description; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(description),UPDATE(description) ON TABLE helpdesk.workflows TO authenticated;
GRANT UPDATE(description) ON TABLE helpdesk.workflows TO service_role;


--
-- Name: COLUMN workflows.is_active; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(is_active),UPDATE(is_active) ON TABLE helpdesk.workflows TO authenticated;
GRANT UPDATE(is_active) ON TABLE helpdesk.workflows TO service_role;


--
-- Name: TABLE agent_tickets; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.agent_tickets TO authenticated;
GRANT SELECT ON TABLE helpdesk.agent_tickets TO service_role;


--
-- Name: TABLE article_feedback; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.article_feedback TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.article_feedback TO service_role;


--
-- Name: COLUMN article_feedback.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.article_feedback TO authenticated;


--
-- Name: COLUMN article_feedback.article_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(article_id) ON TABLE helpdesk.article_feedback TO authenticated;


--
-- Name: COLUMN article_feedback.user_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(user_id) ON TABLE helpdesk.article_feedback TO authenticated;


--
-- Name: COLUMN article_feedback.helpful; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(helpful),UPDATE(helpful) ON TABLE helpdesk.article_feedback TO authenticated;


--
-- Name: COLUMN article_feedback.comment; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(comment),UPDATE(comment) ON TABLE helpdesk.article_feedback TO authenticated;


--
-- Name: TABLE article_versions; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.article_versions TO authenticated;
GRANT SELECT ON TABLE helpdesk.article_versions TO service_role;


--
-- Name: TABLE articles; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.articles TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.articles TO service_role;
GRANT SELECT ON TABLE helpdesk.articles TO anon;


--
-- Name: COLUMN articles.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.title; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(title),UPDATE(title) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.content; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(content),UPDATE(content) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.categories; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(categories),UPDATE(categories) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.tags; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(tags),UPDATE(tags) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.author; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(author) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.visibility; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(visibility),UPDATE(visibility) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: COLUMN articles.status; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(status),UPDATE(status) ON TABLE helpdesk.articles TO authenticated;


--
-- Name: TABLE categories; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.categories TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.categories TO service_role;


--
-- Name: COLUMN categories.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.categories TO authenticated;


--
-- Name: COLUMN categories.name; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(name),UPDATE(name) ON TABLE helpdesk.categories TO authenticated;


--
-- Name: COLUMN categories.description; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(description),UPDATE(description) ON TABLE helpdesk.categories TO authenticated;


--
-- Name: COLUMN categories.parent_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(parent_id),UPDATE(parent_id) ON TABLE helpdesk.categories TO authenticated;


--
-- Name: TABLE customer_tickets; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.customer_tickets TO authenticated;
GRANT SELECT ON TABLE helpdesk.customer_tickets TO service_role;


--
-- Name: TABLE installation_settings; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.installation_settings TO authenticated;
GRANT SELECT ON TABLE helpdesk.installation_settings TO service_role;


--
-- Name: COLUMN installation_settings.who_may_found_organizations; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(who_may_found_organizations) ON TABLE helpdesk.installation_settings TO authenticated;
GRANT UPDATE(who_may_found_organizations) ON TABLE helpdesk.installation_settings TO service_role;


--
-- Name: TABLE notification_preferences; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.notification_preferences TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.notification_preferences TO service_role;


--
-- Name: COLUMN notification_preferences.user_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(user_id),UPDATE(user_id) ON TABLE helpdesk.notification_preferences TO authenticated;


--
-- Name: COLUMN notification_preferences.type; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(type),UPDATE(type) ON TABLE helpdesk.notification_preferences TO authenticated;
GRANT UPDATE(type) ON TABLE helpdesk.notification_preferences TO service_role;


--
-- Name: COLUMN notification_preferences.enabled; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(enabled),UPDATE(enabled) ON TABLE helpdesk.notification_preferences TO authenticated;
GRANT UPDATE(enabled) ON TABLE helpdesk.notification_preferences TO service_role;


--
-- Name: TABLE notifications; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.notifications TO authenticated;
GRANT SELECT,DELETE ON TABLE helpdesk.notifications TO service_role;


--
-- Name: COLUMN notifications.read; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(read) ON TABLE helpdesk.notifications TO authenticated;
GRANT UPDATE(read) ON TABLE helpdesk.notifications TO service_role;


--
-- Name: TABLE org_invites; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.org_invites TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.org_invites TO service_role;


--
-- Name: COLUMN org_invites.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.org_invites TO authenticated;


--
-- Name: COLUMN org_invites.email; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(email) ON TABLE helpdesk.org_invites TO authenticated;


--
-- Name: COLUMN org_invites.role; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(role) ON TABLE helpdesk.org_invites TO authenticated;


--
-- Name: COLUMN org_invites.expires_at; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(expires_at) ON TABLE helpdesk.org_invites TO authenticated;


--
-- Name: COLUMN org_invites.created_by; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(created_by) ON TABLE helpdesk.org_invites TO authenticated;


--
-- Name: TABLE org_members; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.org_members TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.org_members TO service_role;


--
-- Name: COLUMN org_members.org_role; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(org_role) ON TABLE helpdesk.org_members TO authenticated;


--
-- Name: COLUMN org_members.may_be_assigned; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(may_be_assigned) ON TABLE helpdesk.org_members TO authenticated;


--
-- Name: TABLE organizations; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.organizations TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.organizations TO service_role;


--
-- Name: COLUMN organizations.name; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(name),UPDATE(name) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.created_by; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(created_by) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.agents_may_invite; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(agents_may_invite) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.open_to_customers; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(open_to_customers) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.reopen_on_customer_comment; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(reopen_on_customer_comment) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.closed_ticket_replies; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(closed_ticket_replies) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.notification_retention; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(notification_retention) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.search_language; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(search_language) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.search_ignores_accents; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(search_ignores_accents) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.sort_locale; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(sort_locale) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: COLUMN organizations.time_zone; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT UPDATE(time_zone) ON TABLE helpdesk.organizations TO authenticated;


--
-- Name: TABLE queue_watchers; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.queue_watchers TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.queue_watchers TO service_role;


--
-- Name: TABLE schema_version; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.schema_version TO authenticated;
GRANT SELECT ON TABLE helpdesk.schema_version TO service_role;


--
-- Name: TABLE ticket_agent_counts; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_agent_counts TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_agent_counts TO service_role;


--
-- Name: TABLE ticket_articles; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.ticket_articles TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.ticket_articles TO service_role;


--
-- Name: COLUMN ticket_articles.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.ticket_articles TO authenticated;


--
-- Name: COLUMN ticket_articles.ticket_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(ticket_id) ON TABLE helpdesk.ticket_articles TO authenticated;


--
-- Name: COLUMN ticket_articles.article_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(article_id) ON TABLE helpdesk.ticket_articles TO authenticated;


--
-- Name: COLUMN ticket_articles.linked_by; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(linked_by) ON TABLE helpdesk.ticket_articles TO authenticated;


--
-- Name: TABLE ticket_attachments; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.ticket_attachments TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.ticket_attachments TO service_role;


--
-- Name: COLUMN ticket_attachments.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.ticket_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(ticket_id) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.comment_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(comment_id) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.file_name; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(file_name) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.file_type; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(file_type) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.file_size; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(file_size) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.storage_path; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(storage_path) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.is_internal; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(is_internal) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: COLUMN ticket_attachments.uploaded_by; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(uploaded_by) ON TABLE helpdesk.ticket_attachments TO authenticated;


--
-- Name: TABLE ticket_comments; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_comments TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.ticket_comments TO service_role;


--
-- Name: COLUMN ticket_comments.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.ticket_comments TO authenticated;


--
-- Name: COLUMN ticket_comments.ticket_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(ticket_id) ON TABLE helpdesk.ticket_comments TO authenticated;


--
-- Name: COLUMN ticket_comments.content; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(content),UPDATE(content) ON TABLE helpdesk.ticket_comments TO authenticated;


--
-- Name: COLUMN ticket_comments.is_internal; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(is_internal) ON TABLE helpdesk.ticket_comments TO authenticated;


--
-- Name: COLUMN ticket_comments.created_by; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(created_by) ON TABLE helpdesk.ticket_comments TO authenticated;


--
-- Name: TABLE ticket_days_by_agent; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_days_by_agent TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_days_by_agent TO service_role;


--
-- Name: TABLE ticket_days_by_priority; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_days_by_priority TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_days_by_priority TO service_role;


--
-- Name: TABLE ticket_history; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_history TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_history TO service_role;


--
-- Name: TABLE ticket_stage_counts; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_stage_counts TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_stage_counts TO service_role;


--
-- Name: TABLE ticket_stat_deltas; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT ON TABLE helpdesk.ticket_stat_deltas TO authenticated;
GRANT SELECT ON TABLE helpdesk.ticket_stat_deltas TO service_role;


--
-- Name: TABLE ticket_watchers; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.ticket_watchers TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.ticket_watchers TO service_role;


--
-- Name: TABLE workflow_stage_stats; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE helpdesk.workflow_stage_stats TO authenticated;
GRANT SELECT ON TABLE helpdesk.workflow_stage_stats TO service_role;


--
-- Name: TABLE workflow_transitions; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT SELECT,DELETE ON TABLE helpdesk.workflow_transitions TO authenticated;
GRANT SELECT,INSERT,DELETE ON TABLE helpdesk.workflow_transitions TO service_role;


--
-- Name: COLUMN workflow_transitions.org_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(org_id) ON TABLE helpdesk.workflow_transitions TO authenticated;


--
-- Name: COLUMN workflow_transitions.workflow_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(workflow_id) ON TABLE helpdesk.workflow_transitions TO authenticated;


--
-- Name: COLUMN workflow_transitions.from_stage_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(from_stage_id) ON TABLE helpdesk.workflow_transitions TO authenticated;


--
-- Name: COLUMN workflow_transitions.to_stage_id; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(to_stage_id) ON TABLE helpdesk.workflow_transitions TO authenticated;


--
-- Name: COLUMN workflow_transitions.min_role; Type: ACL; Schema: helpdesk; Owner: helpdesk_owner
--

GRANT INSERT(min_role),UPDATE(min_role) ON TABLE helpdesk.workflow_transitions TO authenticated;
GRANT UPDATE(min_role) ON TABLE helpdesk.workflow_transitions TO service_role;


--
-- Name: TABLE open_tickets; Type: ACL; Schema: public; Owner: postgres
--

GRANT SELECT ON TABLE public.open_tickets TO authenticated;


--
-- PostgreSQL database dump complete
--


